import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePattern, type RepositoryPattern } from "#lib/auth/pattern";
import {
  actionsOf,
  consoleId,
  evaluate,
  evaluateCatalog,
  everyoneId,
  type GrantRule,
  type ProtectionRule,
  signedInId,
} from "#lib/grants/rules";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const now = Date.UTC(2026, 10, 25);
const principals = ["p1", "p2", "g1", everyoneId, signedInId, consoleId];

interface WrittenRule {
  id: string;
  principalId: string;
  pattern: string | null;
  actions: string[];
  expiresAtMs: number | null;
}

interface World {
  grants: WrittenRule[];
  protections: { pattern: string; pushers: string[] }[];
  subject: string[];
}

const segment = fc.constantFrom("a", "b", "ab", "a-b", "a_b", "a.b");
const goodName = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const oddName = fc.oneof(
  goodName.chain((name) =>
    fc.constantFrom(
      name.toUpperCase(),
      `${name}/`,
      `/${name}`,
      `${name}//a`,
      `${name}/../a`,
      `${name}/./a`,
      `${name}%2fa`,
      `${name}%2F..`,
      `${name}\u0000`,
      `${name}/\u0430`,
      `${name}\uff41`,
      `${name}/*`,
      `${name}/**`,
      `${name}\n`,
      ` ${name}`,
      `${name}:latest`,
      `localhost:5000/${name}`,
      `${name}/${"a".repeat(255)}`,
    ),
  ),
  fc.string({ maxLength: 12 }),
  fc.constant(""),
);
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom("", "*", "**"))
  .map(([segments, star]) => [...segments, ...(star === "" ? [] : [star])].join("/"))
  .filter((text) => text !== "");

const grant: fc.Arbitrary<WrittenRule> = fc.record({
  id: fc.uuid(),
  principalId: fc.constantFrom(...principals),
  pattern: fc.option(pattern, { freq: 9 }),
  actions: fc.subarray(["pull", "push", "delete", "catalog", "admin", "*"]),
  expiresAtMs: fc.option(fc.constantFrom(now - 1, now, now + 1)),
});

const world: fc.Arbitrary<World> = fc.record({
  grants: fc.array(grant, { maxLength: 6 }),
  protections: fc.array(fc.record({ pattern, pushers: fc.subarray(principals) }), { maxLength: 2 }),
  subject: fc.subarray(principals),
});

function prepare({ grants, protections, subject }: World) {
  const parse = (text: string): RepositoryPattern => parsePattern(text) ?? { kind: "exact", name: "\u0000" };
  const rules: GrantRule[] = grants.map((one) => ({
    ...one,
    pattern: one.pattern === null ? null : parse(one.pattern),
  }));
  const closed: ProtectionRule[] = protections.map((one) => ({
    pattern: parse(one.pattern),
    pusherIds: new Set(one.pushers),
  }));
  return { rules, closed, who: { principalIds: new Set(subject) } };
}

function ask(given: World, repository: string) {
  const { rules, closed, who } = prepare(given);
  return evaluate(rules, closed, who, repository, now);
}

/** The second, obvious implementation: one action at a time, patterns as regular expressions. */
function oracle(given: World, repository: string, action: string): boolean {
  const grammar = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
  if (!grammar.test(repository) || repository.length > 255) return false;
  const matches = (text: string) => {
    const escaped = text
      .replace(/[.]/g, "\\.")
      .replace(/\*\*$/, "@")
      .replace(/\*$/, "[^/]+")
      .replace("@", ".+");
    return new RegExp(`^${escaped}$`).test(repository);
  };
  const granted = given.grants.some((one) => {
    if (!given.subject.includes(one.principalId) || one.pattern === null) return false;
    if (one.expiresAtMs !== null && now >= one.expiresAtMs) return false;
    if (!matches(one.pattern)) return false;
    const isBuiltIn = one.principalId === everyoneId || one.principalId === signedInId;
    if (isBuiltIn && action !== "pull") return false;
    return one.actions.includes(action) || (action === "pull" && one.actions.includes("push"));
  });
  if (!granted || action === "pull") return granted;
  return given.protections.every(
    (one) => !matches(one.pattern) || one.pushers.some((pusher) => given.subject.includes(pusher)),
  );
}

describe("evaluate", () => {
  it("T1, T5: allows exactly what the oracle allows", { timeout: 900_000 }, () => {
    fc.assert(
      fc.property(
        world,
        fc.array(fc.oneof(goodName, goodName, goodName, oddName), { minLength: 8, maxLength: 8 }),
        (given, names) => {
          for (const name of names) {
            const found = ask(given, name);
            const expected = ["pull", "push", "delete"].filter((action) => oracle(given, name, action));
            if (found.actions.join() !== expected.join())
              expect([name, found.actions]).toEqual([name, expected]);
          }
        },
      ),
      { numRuns: fuzzRuns(12_500, 125_000) },
    );
  });

  it("a further grant never takes access away", { timeout: 900_000 }, () => {
    fc.assert(
      fc.property(world, grant, goodName, fc.nat(), (given, further, name, at) => {
        const before = ask(given, name).actions;
        const grants = given.grants.toSpliced(at % (given.grants.length + 1), 0, further);
        const after = ask({ ...given, grants }, name).actions;
        for (const action of before) expect(after).toContain(action);
      }),
      { numRuns: fuzzRuns(5_000, 200_000) },
    );
  });

  it("the order of grants and of their actions changes nothing", () => {
    fc.assert(
      fc.property(world, goodName, (given, name) => {
        const turned = given.grants
          .toReversed()
          .map((one) => ({ ...one, actions: one.actions.toReversed() }));
        expect(ask({ ...given, grants: turned }, name).actions).toEqual(ask(given, name).actions);
      }),
      { numRuns: fuzzRuns(3_000, 100_000) },
    );
  });

  it("each action has its reason: a grant of the subject that gives it", () => {
    fc.assert(
      fc.property(world, goodName, (given, name) => {
        const found = ask(given, name);
        expect([...found.grantOf.keys()].toSorted()).toEqual(found.actions.toSorted());
        for (const [action, id] of found.grantOf) {
          const rule = given.grants.find((one) => one.id === id);
          expect(rule && given.subject.includes(rule.principalId) && actionsOf(rule).includes(action)).toBe(
            true,
          );
        }
        for (const action of found.withheld) expect(found.actions).not.toContain(action);
        for (const action of found.expired.keys()) expect(found.actions).not.toContain(action);
      }),
      { numRuns: fuzzRuns(3_000, 100_000) },
    );
  });

  it("T4: nothing is given outside of the grammar of registries, whatever is granted", () => {
    const all = {
      id: "g",
      principalId: "p1",
      pattern: "**",
      actions: ["pull", "push", "delete"],
      expiresAtMs: null,
    };
    const given: World = { grants: [all], protections: [], subject: ["p1"] };
    expect(ask(given, "a/b").actions).toEqual(["pull", "push", "delete"]);
    const odd = [
      "",
      "/",
      "A/b",
      "a/B",
      "a//b",
      "a/",
      "/a",
      "a/../b",
      "..",
      "a/.",
      "a%2fb",
      "a%2e",
      "a\u0000",
      "a\n",
      "a b",
      "\u0430/b",
      "ａ",
      "a\u200b",
      "a/*",
      "**",
      "a:b",
      "a@b",
      "localhost:5000/a",
      "a".repeat(256),
    ];
    for (const name of odd) expect([name, ask(given, name).actions]).toEqual([name, []]);
  });

  it("the catalogue is given by its own grant alone", () => {
    fc.assert(
      fc.property(world, (given) => {
        const { rules, who } = prepare(given);
        const expected = given.grants.some(
          (one) =>
            one.pattern === null &&
            one.actions.includes("catalog") &&
            given.subject.includes(one.principalId) &&
            (one.expiresAtMs === null || one.expiresAtMs > now),
        );
        expect(evaluateCatalog(rules, who, now) !== null).toBe(expected);
      }),
      { numRuns: fuzzRuns(2_000, 50_000) },
    );
  });
});
