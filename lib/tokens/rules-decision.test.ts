import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { everyoneId, signedInId } from "#lib/grants/rules";
import { isRepositoryName } from "#lib/oci/reference";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import type { AccessRows, GrantRecord } from "#lib/tokens/access-rows";
import { AccessSnapshot } from "#lib/tokens/access-snapshot";
import { decideAccess } from "#lib/tokens/rules-decision";
import { parseScopes } from "#lib/tokens/rules-scope";
import { expectAccess, isName, type OracleWorld } from "#lib/tokens/testing/decision-oracle";

const nowMs = Date.parse("2026-05-01T00:00:00Z");
const registryId = 7;
const ids: Record<string, string> = {
  everyone: everyoneId,
  "signed-in": signedInId,
  me: "me",
  team: "team",
  foe: "foe",
};
const kinds: Record<string, "user" | "group"> = { me: "user", foe: "user", team: "group" };
const asking = ["me", "team", "signed-in", "everyone"];

const part = fc.constantFrom("a", "b", "ab", "a-b", "a--b", "a_b", "a__b", "a.b", "0");
const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
/** T4: what must never be taken for a name that it only looks like. */
const oddName = fc.oneof(
  name,
  fc.constantFrom(
    "",
    "/",
    "a/",
    "/a",
    "a//b",
    "..",
    "a/../b",
    "./a",
    "A",
    "a/B",
    "a%2fb",
    "a%2e",
    "a:b",
    "a b",
  ),
  fc.constantFrom(
    "a\0b",
    "ａ",
    "а/b",
    "a／b",
    "ﬁ",
    "a.",
    ".a",
    "a..b",
    "a___b",
    "a-",
    "x".repeat(256),
    "host:5000/a",
  ),
  fc.constantFrom("a/*", "a/**", "**", "*", "a/b*", "catalog", "(a)", "a$", "^a", "a|b", "[a]"),
  name.map((text) => `${text}/`),
  fc.tuple(name, fc.string({ maxLength: 3 })).map(([text, more]) => text + more),
);
const pattern = fc.oneof(
  name,
  fc.constantFrom("*", "**"),
  name.map((text) => `${text}/*`),
  name.map((text) => `${text}/**`),
  fc.constantFrom("a*", "**/a", "a/*/b", "A", "a//b", ".*", "", "a/***"),
);
const action = fc.constantFrom("pull", "push", "delete");
const world: fc.Arbitrary<OracleWorld> = fc.record({
  principals: fc.constant(asking),
  grants: fc.array(
    fc.record({
      principal: fc.constantFrom(...Object.keys(ids)),
      pattern: fc.oneof({ weight: 9, arbitrary: pattern }, { weight: 1, arbitrary: fc.constant(null) }),
      actions: fc.uniqueArray(action, { minLength: 1 }),
      expired: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
      revoked: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
    }),
    { maxLength: 12 },
  ),
  protections: fc.uniqueArray(fc.record({ pattern, pushers: fc.subarray(["me", "team", "foe"]) }), {
    maxLength: 3,
    selector: (one) => one.pattern,
  }),
});
const scope = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant("repository") },
      {
        weight: 2,
        arbitrary: fc.constantFrom("registry", "repository(plugin)", "", "Repository", "artifact"),
      },
    ),
    fc.oneof(
      { weight: 6, arbitrary: name },
      { weight: 3, arbitrary: oddName },
      { weight: 1, arbitrary: fc.constant("catalog") },
    ),
    fc.array(fc.constantFrom("pull", "push", "delete", "*", "PULL", "Push", "", "metadata_read"), {
      minLength: 1,
      maxLength: 5,
    }),
  )
  .map(([type, text, actions]) => `${type}:${text}:${actions.join(",")}`);
const request = fc.array(scope, { minLength: 1, maxLength: 3 });

function prepareGrants({ grants }: OracleWorld): GrantRecord[] {
  return grants.map((grant, index) => ({
    id: `g${index}`,
    principalId: ids[grant.principal] ?? "",
    registryId,
    pattern: grant.pattern,
    actions: grant.pattern === null ? ["catalog"] : grant.actions,
    expiresAtMs: grant.expired ? nowMs : index % 2 === 0 ? null : nowMs + 1,
    revoked: grant.revoked,
  }));
}

const nothing: AccessRows = {
  version: 1,
  complete: true,
  principals: [],
  secrets: [],
  trustRules: [],
  grants: [],
  registries: [],
  signingKeys: [],
};

function prepareRows(of: OracleWorld): AccessRows {
  const principals = Object.entries(ids).map(([text, id]) => ({
    id,
    kind: kinds[text] ?? ("built-in" as const),
    name: text,
    userId: null,
    disabled: false,
    groups: text === "me" ? ["team"] : [],
    groupsAtMs: nowMs,
  }));
  const pushers = of.protections.flatMap((one) =>
    one.pushers.map((pusher) => ({ pattern: one.pattern, principalId: ids[pusher] ?? "" })),
  );
  const registry = {
    id: registryId,
    slug: "prod",
    tokenMode: "jwks" as const,
    enforcement: "on" as const,
    disconnected: false,
    protectedPatterns: of.protections.map((one) => one.pattern),
    pushers,
  };
  return { ...nothing, principals, grants: prepareGrants(of), registries: [registry] };
}

/** The token's access as the oracle writes it; null when the whole request is refused. */
function decide(snapshot: AccessSnapshot, scopes: readonly string[]): string[] | null {
  const parsed = parseScopes(scopes);
  if (!parsed.ok) return null;
  const subject = snapshot.findSubject("me", nowMs);
  const held = snapshot.findRegistry("prod")?.held;
  if (!subject || !held) throw new Error("The world is not there.");
  const { access } = decideAccess(held, subject, parsed.resources, { nowMs });
  return access.flatMap((one) => one.actions.map((word) => `${one.type}:${one.name}:${word}`)).toSorted();
}

/** With a catalogue grant written as the oracle's worlds have it. */
function expected(of: OracleWorld, scopes: readonly string[]): string[] {
  const grants = of.grants.map((one) => (one.pattern === null ? { ...one, actions: ["catalog"] } : one));
  return [...expectAccess({ ...of, grants }, scopes)].toSorted();
}

describe("what a token may hold", () => {
  it("T1-T5: agrees with the oracle, and no order, repetition or spelling of scopes changes it", () => {
    const requests = fc.array(request, { minLength: 60, maxLength: 60 });
    const runs = fuzzRuns(2_000, 20_000);
    let pairs = 0;
    let granted = 0;
    fc.assert(
      fc.property(world, requests, (of, asked) => {
        const snapshot = new AccessSnapshot();
        snapshot.apply(prepareRows(of));
        for (const scopes of asked) {
          const got = decide(snapshot, scopes);
          // A request that is malformed as a whole holds nothing; the oracle judges each scope alone.
          if (got === null) continue;
          pairs += 1;
          granted += got.length > 0 ? 1 : 0;
          const wanted = [
            expected(of, scopes),
            decide(snapshot, scopes.toReversed()),
            decide(snapshot, [scopes.join(" "), ...scopes]),
          ];
          if (wanted.some((one) => one?.join(" ") !== got.join(" ")))
            throw new Error(`${JSON.stringify(scopes)}: got ${got}, wanted ${JSON.stringify(wanted)}`);
        }
      }),
      { numRuns: runs },
    );
    expect(pairs).toBeGreaterThanOrEqual(runs * 50);
    expect(granted / pairs).toBeGreaterThan(0.1);
  });

  it("T10: a snapshot that followed a hundred changes is the one that was read anew", () => {
    fc.assert(
      fc.property(
        fc.array(world, { minLength: 2, maxLength: 12 }),
        fc.array(request, { minLength: 10 }),
        (worlds, asked) => {
          const followed = new AccessSnapshot();
          for (const [index, of] of worlds.entries()) {
            const rows = prepareRows(of);
            const known = index === 0 ? [] : prepareGrants(worlds[index - 1] ?? of);
            // Grants are revoked, not deleted.
            const gone = known.slice(rows.grants.length).map((grant) => ({ ...grant, revoked: true }));
            followed.apply({
              ...rows,
              version: index + 1,
              complete: index === 0,
              grants: [...rows.grants, ...gone],
            });
            const anew = new AccessSnapshot();
            anew.apply(rows);
            for (const scopes of asked) expect(decide(followed, scopes)).toEqual(decide(anew, scopes));
          }
        },
      ),
      { numRuns: fuzzRuns(100, 3_000) },
    );
  });

  it("T4: names follow the grammar of registries, letter by letter", () => {
    const mutated = fc
      .tuple(
        name,
        fc.array(
          fc.tuple(fc.nat(40), fc.constantFrom("", "/", ".", "-", "_", "A", "%", " ", "é", "0", "\0", ":")),
          { maxLength: 3 },
        ),
      )
      .map(([text, changes]) =>
        changes.reduce((now, [at, letter]) => now.slice(0, at) + letter + now.slice(at + 1), text),
      );
    fc.assert(
      fc.property(fc.oneof(mutated, oddName, fc.string()), (text) => {
        expect(isRepositoryName(text)).toBe(isName(text));
      }),
      { numRuns: fuzzRuns(20_000, 1_000_000) },
    );
  });

  it("a grant more never takes anything away", () => {
    fc.assert(
      fc.property(world, world, request, (of, more, scopes) => {
        const smaller = new AccessSnapshot();
        smaller.apply(prepareRows(of));
        const larger = new AccessSnapshot();
        larger.apply(prepareRows({ ...of, grants: [...of.grants, ...more.grants] }));
        const held = new Set(decide(larger, scopes) ?? []);
        for (const one of decide(smaller, scopes) ?? []) expect(held).toContain(one);
      }),
      { numRuns: fuzzRuns(500, 20_000) },
    );
  });
});
