import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatGrantsDocument } from "#lib/grants/format-document";
import { type GrantsDocument, parseGrantsDocument } from "#lib/grants/parse-document";
import { type PresentState, planDocument } from "#lib/grants/plan-document";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const now = new Date("2026-11-25T12:00:00.000Z");

async function parse(text: string): Promise<GrantsDocument> {
  const parsed = await parseGrantsDocument(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
}

async function problemsOf(text: string): Promise<string[]> {
  const parsed = await parseGrantsDocument(text);
  return parsed.ok ? [] : parsed.problems.map(({ line, message }) => `${line}: ${message}`);
}

const robotName = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,10}[a-z0-9]$/);
const text = fc
  .oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.constantFrom(
      "yes",
      "no",
      "null",
      "~",
      "1e3",
      "0x10",
      "2026-01-01",
      "- a",
      "a: b",
      "#x",
      "*a",
      "&a",
      "!a",
      "'",
      '"',
      "\\",
      "%",
      "@",
      "`",
      "{a}",
      "[a]",
      "a #b",
      "\u2028",
      "\ufeffx",
      "\u0085",
    ),
  )
  .map((raw) => raw.replace(/[\p{Cc}\p{Cs}]/gu, "").trim());
const pattern = fc
  .tuple(
    fc.array(fc.constantFrom("a", "b", "123", "null", "true", "a.b", "0x1"), { maxLength: 3 }),
    fc.constantFrom("", "*", "**"),
  )
  .map(([segments, star]) => [...segments, ...(star === "" ? [] : [star])].join("/"))
  .filter((one) => one !== "");
const group = text.filter((name) => name.length > 0 && !/[\p{Cf}\p{Co}\p{Zl}\p{Zp}]/u.test(name));
const reference = fc.oneof(
  fc.constantFrom("robot:r1", "workload:w1"),
  group.map((name) => `group:${name}`),
  fc.constantFrom("user:alice", "user:a@b.c", "everyone", "signed-in"),
);
const actions = fc.constantFrom(["pull"], ["pull", "push"], ["pull", "push", "delete"], ["delete"]);

const state = fc.record({
  principals: fc.uniqueArray(
    fc.record({
      kind: fc.constantFrom("robot", "workload"),
      name: robotName,
      description: text,
      owner: fc.option(fc.constantFrom("alice", "a@b.c")),
      disabled: fc.boolean(),
    }),
    { maxLength: 4, selector: ({ kind, name }) => `${kind}:${name}` },
  ),
  grants: fc.array(
    fc.oneof(
      fc.record({
        principal: reference,
        registry: fc.constantFrom("prod", "1", "null"),
        pattern,
        actions,
        until: fc.constantFrom(null, "2027-03-01T00:00:00.000Z"),
        reason: text,
      }),
      fc.record({
        principal: reference,
        registry: fc.constant("prod"),
        pattern: fc.constant(null),
        actions: fc.constant(["catalog"]),
        until: fc.constant(null),
        reason: text,
      }),
    ),
    { maxLength: 6 },
  ),
  protections: fc.uniqueArray(
    fc.record({
      registry: fc.constantFrom("prod", "1"),
      pattern,
      pushers: fc.uniqueArray(
        reference.filter((one) => one.includes(":")),
        { maxLength: 3 },
      ),
    }),
    {
      maxLength: 4,
      selector: (one) => `${one.registry} ${one.pattern}`,
    },
  ),
});

const named = (["robot", "workload"] as const).map((kind) => ({
  kind,
  name: `${kind[0]}1`,
  description: "",
  owner: null,
  disabled: false,
}));

/** Those whom the grants of these tests name are there. */
const complete = state.map((one) => ({
  ...one,
  principals: [...named, ...one.principals.filter(({ name }) => name !== "r1" && name !== "w1")],
}));

type Written = Omit<PresentState["grants"][number], "id" | "canWrite">;
type State = typeof state extends fc.Arbitrary<infer T> ? T : never;

function write({ principals, grants, protections }: State): string {
  return formatGrantsDocument({
    principals: principals.map((one) => ({ ...one, reference: `${one.kind}:${one.name}` })),
    grants,
    protections,
  });
}

function toPresent({ principals, grants, protections }: State): PresentState {
  return {
    principals: principals.map((one, index) => ({ ...one, id: `p${index}`, canChange: true })),
    deleted: new Set(),
    logins: new Set(["alice", "a@b.c"]),
    grants: grants.map((one, index) => ({ ...one, id: `g${index}`, canWrite: true })),
    registries: ["prod", "1", "null"].map((slug) => ({
      slug,
      canProtect: true,
      protections: protections.filter((one) => one.registry === slug),
    })),
    removesPrincipals: true,
    canWrite: () => true,
  };
}

describe("the document of grants", () => {
  it("written and read again says the same, whatever is in it, and changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(complete, async (given) => {
        const plan = planDocument(toPresent(given), await parse(write(given)), now);
        expect(plan.changes).toEqual([]);
        expect(plan.problems).toEqual([]);
        expect(plan.unchanged).toBe(given.principals.length + given.grants.length + given.protections.length);
      }),
      { numRuns: fuzzRuns(500, 50_000) },
    );
  });

  it("imported over anything else leads to exactly itself", async () => {
    await fc.assert(
      fc.asyncProperty(complete, complete, async (before, after) => {
        const plan = planDocument(toPresent(before), await parse(write(after)), now);
        const rest = new Map<string, Written>(before.grants.map((one, index) => [`g${index}`, one]));
        for (const change of plan.changes) {
          if (change.do === "revoke-grant") rest.delete(change.id);
          if (change.do === "change-grant") rest.set(change.id, change.grant);
          if (change.do === "create-grant") rest.set(`n${rest.size}-${Math.random()}`, change.grant);
        }
        const keyOf = (one: Written) =>
          JSON.stringify([one.principal, one.registry, one.pattern, one.actions, one.until, one.reason]);
        expect([...rest.values()].map(keyOf).toSorted()).toEqual(after.grants.map(keyOf).toSorted());
      }),
      { numRuns: fuzzRuns(500, 20_000) },
    );
  });

  it("is the same text whatever order its rows come in", () => {
    fc.assert(
      fc.property(state, (given) => {
        const turned = {
          ...given,
          grants: given.grants.toReversed(),
          principals: given.principals.toReversed(),
        };
        expect(write(turned)).toBe(write(given));
      }),
      { numRuns: 300 },
    );
  });

  it("names the line of each error", async () => {
    expect(
      (
        await problemsOf(
          [
            "version: 1", // 1
            "principals:", // 2
            "  - name: robot:CI", // 3
            "  - name: ci", // 4
            "    colour: blue", // 5
            "grants:", // 6
            "  - principal: robot:ci", // 7
            "    registry: prod", // 8
            "    pattern: Team/*", // 9
            "    actions: [pull]", // 10
            "  - principal: ci", // 11
            "    registry: prod", // 12
            "    pattern: team/*", // 13
            "    actions: pull", // 14
            "  - principal: everyone", // 15
            "    registry: prod", // 16
            "    catalog: true", // 17
            "    pattern: a", // 18
            "  - principal: everyone", // 19
            "    registry: prod", // 20
            "    pattern: a", // 21
            "    actions: [pull]", // 22
            "    until: tomorrow", // 23
            "protections:", // 24
            "  - registry: prod", // 25
            "    pattern: prod/**", // 26
            "    pushers: [everyone]", // 27
          ].join("\n"),
        )
      ).map((problem) => Number(problem.split(":")[0])),
    ).toEqual([3, 5, 4, 9, 11, 14, 15, 23, 25]);
    expect(await problemsOf("version: 2")).toEqual(["1: version: this console reads version: 1."]);
    expect((await problemsOf("grants: []"))[0]).toMatch(/^1: version/);
    expect((await problemsOf("version: 1\nversion: 1\n"))[0]).toMatch(/^2: /);
    expect((await problemsOf('version: 1\ngrants:\n  - "'))[0]).toMatch(/^3: /);
    expect(await problemsOf("version: 1\ngrants: yes")).toEqual(["2: grants: this is a list."]);
    expect(await problemsOf("version: 1\ngrants:\n  - principal: robot:*x")).not.toEqual([]);
    const named = '  - {registry: prod, pattern: a, actions: [pull], principal: "robot:a\\0"}';
    expect(await problemsOf(`version: 1\ngrants:\n${named}`)).toEqual([
      "3: principal: name it as robot:…, workload:…, user:…, group:…, everyone or signed-in.",
    ]);
  });

  it("refuses what could be read in two ways, or blow up", async () => {
    expect(await problemsOf("version: 1\nprincipals: &a []\ngrants: *a")).not.toEqual([]);
    expect(await problemsOf("version: !!int 1")).not.toEqual([]);
    expect(await problemsOf("version: !evil 1")).not.toEqual([]);
    expect(await problemsOf("version: 1\n---\nversion: 1")).not.toEqual([]);
    expect(await problemsOf("")).not.toEqual([]);
    expect(await problemsOf("[]")).not.toEqual([]);
    expect(await problemsOf("? {a: 1}\n: 1")).not.toEqual([]);
    expect(await problemsOf("\u0000")).not.toEqual([]);
    expect(await problemsOf("[".repeat(100_000))).not.toEqual([]);
    const bomb = ["a: &a [x,x]", ...Array.from({ length: 20 }, (_, at) => `b${at}: &b${at} [*a,*a]`)].join(
      "\n",
    );
    expect(await problemsOf(bomb)).not.toEqual([]);
  });

  it("a long document is read in time that grows with its length, and others get their turn", async () => {
    const entry = (at: number) =>
      `  - registry: prod\n    principal: robot:r${at}\n    pattern: "team/${at}/*"\n    actions: [pull, push]\n`;
    const long = `version: 1\ngrants:\n${Array.from({ length: 5_000 }, (_, at) => entry(at)).join("")}`;
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    expect((await parse(long)).grants).toHaveLength(5_000);
    const nasty = [
      "[",
      "{",
      "- ",
      "a: ",
      "? ",
      "&a ",
      "a:\n",
      '"',
      "\n",
      "%\n",
      "|\n ",
      "]",
      " - [\n",
      "  - a: 1\n",
      "  - ? a\n",
    ];
    for (const part of nasty)
      await problemsOf(`version: 1\ngrants:\n  ${part.repeat(600_000 / part.length)}`);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it("random text is read or refused, and never throws", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ maxLength: 200 }),
          fc.string({
            unit: fc.constantFrom(
              "a",
              ":",
              " ",
              "\n",
              "-",
              "[",
              "{",
              "]",
              "}",
              "*",
              "&",
              "!",
              "|",
              ">",
              "'",
              '"',
              "#",
              ",",
              "?",
              "%",
              "\t",
            ),
            maxLength: 60,
          }),
        ),
        async (raw) => {
          const parsed = await parseGrantsDocument(`version: 1\ngrants:\n${raw}`);
          if (!parsed.ok) for (const { line } of parsed.problems) expect(line).toBeGreaterThan(0);
        },
      ),
      { numRuns: fuzzRuns(2_000, 100_000) },
    );
  });

  it("says nothing about what is left out, and takes an ended grant for no error", async () => {
    const given: State = {
      principals: [{ kind: "robot", name: "ci", description: "", owner: null, disabled: false }],
      grants: [
        { principal: "robot:ci", registry: "prod", pattern: "a", actions: ["pull"], until: null, reason: "" },
      ],
      protections: [{ registry: "prod", pattern: "a", pushers: [] }],
    };
    expect(planDocument(toPresent(given), await parse("version: 1"), now)).toMatchObject({
      changes: [],
      unchanged: 0,
    });
    const ended =
      "version: 1\ngrants:\n  - {principal: robot:ci, registry: prod, pattern: b, actions: [pull], until: '2020-01-01T00:00:00Z'}";
    expect(planDocument(toPresent(given), await parse(ended), now).items).toEqual([
      { change: "removed", what: "grant", text: "ci may pull a in prod" },
    ]);
    expect(planDocument(toPresent(given), await parse("version: 1\nprincipals: []"), now).changes).toEqual([
      { do: "delete-principal", id: "p0" },
    ]);
    const part = { ...toPresent(given), removesPrincipals: false };
    expect(planDocument(part, await parse("version: 1\nprincipals: []"), now).changes).toEqual([]);
  });
});
