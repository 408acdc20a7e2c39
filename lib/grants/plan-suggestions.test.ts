import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPattern } from "#lib/auth/pattern";
import { patternContains } from "#lib/auth/pattern-overlap";
import { planSuggestion, prepareNarrowerPatterns, type SuggestedGrant } from "#lib/grants/plan-suggestions";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const now = new Date("2026-11-25T12:00:00.000Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000);
const use = (repository: string, action = "pull", recentCount = 1) => ({ repository, action, recentCount });

function grantOf(more: Partial<SuggestedGrant>): SuggestedGrant {
  return {
    principalId: "p",
    pattern: "team/**",
    actions: ["pull", "push"],
    updatedAt: daysAgo(200),
    expiresAt: null,
    lastUsedAt: daysAgo(1),
    uses: [],
    isComplete: true,
    ...more,
  };
}

const countOf = (pattern: string) => (pattern.endsWith("*") ? 40 : 1);

describe("narrower patterns", () => {
  it("are names when few, folders when many, and lie inside the grant", () => {
    expect(prepareNarrowerPatterns("team/**", ["team/a", "team/b"])).toEqual(["team/a", "team/b"]);
    expect(prepareNarrowerPatterns("team/**", ["team/x/a", "team/x/b", "team/x/c", "team/y"])).toEqual([
      "team/x/*",
      "team/y",
    ]);
    expect(prepareNarrowerPatterns("team/**", ["team/a", "team/b", "team/c", "team/d"])).toEqual(["team/*"]);
    expect(prepareNarrowerPatterns("team/*", ["team/a", "team/b", "team/c", "team/d"])).toBeNull();
    expect(prepareNarrowerPatterns("team/a", ["team/a"])).toBeNull();
    expect(prepareNarrowerPatterns("**", [])).toBeNull();
    const many = Array.from({ length: 12 }, (_, at) => `team/x/${at}/one`);
    expect(prepareNarrowerPatterns("team/**", many)).toEqual(["team/x/**"]);
    expect(prepareNarrowerPatterns("team/x/**", many)).toBeNull();
  });

  it("always cover every repository that was used, and nothing outside of the grant", () => {
    const segment = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");
    const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
    fc.assert(
      fc.property(
        fc.constantFrom("**", "a/**", "a/*", "*", "b/c/**"),
        fc.array(name, { maxLength: 30 }),
        (pattern, names) => {
          const found = prepareNarrowerPatterns(pattern, names);
          if (!found) return;
          expect(found.length).toBeLessThanOrEqual(5);
          for (const one of found) expect(patternContains(pattern, one) && one !== pattern).toBe(true);
          for (const one of names.filter((each) => matchesPattern(pattern, each)))
            expect(found.some((each) => matchesPattern(each, one))).toBe(true);
        },
      ),
      { numRuns: fuzzRuns(3_000, 100_000) },
    );
  });
});

describe("suggestions", () => {
  it("revoke what nobody used for 90 days, but not what was written or restored since", () => {
    expect(planSuggestion("unused", grantOf({ lastUsedAt: null }), countOf, now)).toEqual({
      kind: "unused",
      text: "Never used.",
      proposal: null,
      wouldHaveLost: { uses: 0, repositories: [] },
    });
    expect(planSuggestion("unused", grantOf({ lastUsedAt: daysAgo(91) }), countOf, now)?.text).toBe(
      "Unused for 90 days: last used on 26 August 2026.",
    );
    expect(planSuggestion("unused", grantOf({ lastUsedAt: daysAgo(89) }), countOf, now)).toBeNull();
    expect(
      planSuggestion("unused", grantOf({ lastUsedAt: null, updatedAt: daysAgo(89) }), countOf, now),
    ).toBeNull();
  });

  it("narrow a grant to what was used, and lose nothing of it", () => {
    const uses = [use("team/a", "pull", 7), use("team/b", "push", 3), use("team/b", "pull", 0)];
    expect(planSuggestion("too-wide", grantOf({ uses }), countOf, now)).toEqual({
      kind: "too-wide",
      text: "Used in 2 of 40 repositories in 90 days.",
      proposal: { patterns: ["team/a", "team/b"], actions: ["pull", "push"], expiresAt: null },
      wouldHaveLost: { uses: 0, repositories: [] },
    });
    expect(
      planSuggestion(
        "too-wide",
        grantOf({ uses: [use("team/a")], actions: ["pull", "push", "delete"] }),
        countOf,
        now,
      ),
    ).toMatchObject({
      text: "Used in 1 of 40 repositories in 90 days. Only pull was used of push, pull and delete in 90 days.",
      proposal: { patterns: ["team/a"], actions: ["pull"] },
    });
    expect(planSuggestion("too-wide", grantOf({ uses, isComplete: false }), countOf, now)).toBeNull();
    expect(planSuggestion("too-wide", grantOf({ uses, updatedAt: daysAgo(29) }), countOf, now)).toBeNull();
    expect(planSuggestion("too-wide", grantOf({ uses: [] }), countOf, now)).toBeNull();
    const most = Array.from({ length: 4 }, (_, at) => use(`team/${at}`, "push"));
    expect(planSuggestion("too-wide", grantOf({ uses: most, pattern: "team/*" }), () => 4, now)).toBeNull();
  });

  it("prolong what is in use and about to end, and say what its end would cost", () => {
    const expiresAt = new Date(now.getTime() + 3 * 24 * 3_600_000);
    const uses = [use("team/a", "pull", 7), use("team/b", "pull", 0)];
    expect(planSuggestion("expiring", grantOf({ expiresAt, uses }), countOf, now)).toEqual({
      kind: "expiring",
      text: "Ends on 28 November 2026 and is in use: 7 uses in 30 days.",
      proposal: { patterns: ["team/**"], actions: ["pull", "push"], expiresAt: "2027-02-26T12:00:00.000Z" },
      wouldHaveLost: { uses: 7, repositories: ["team/a"] },
    });
    expect(planSuggestion("expiring", grantOf({ expiresAt, uses: [] }), countOf, now)).toBeNull();
    expect(
      planSuggestion(
        "expiring",
        grantOf({ expiresAt: new Date(now.getTime() + 15 * 24 * 3_600_000), uses }),
        countOf,
        now,
      ),
    ).toBeNull();
  });
});
