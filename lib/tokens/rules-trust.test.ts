import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { matchesSubject } from "#lib/tokens/rules-trust";

describe("subject patterns", () => {
  it.each([
    ["repo:acme/api:ref:refs/heads/main", "repo:acme/api:ref:refs/heads/main", true],
    ["repo:acme/api:ref:refs/heads/main", "repo:acme/api:ref:refs/heads/main2", false],
    ["repo:acme/*:ref:refs/heads/main", "repo:acme/web:ref:refs/heads/main", true],
    ["repo:acme/*:ref:refs/heads/main", "repo:acme/web:environment:x:ref:refs/heads/main", false],
    ["repo:acme/*", "repo:acme/web:pull_request", false],
    ["repo:acme/**", "repo:acme/web:pull_request", true],
    ["repo:acme/**", "repo:acme-evil/web:pull_request", false],
    ["system:serviceaccount:prod:*", "system:serviceaccount:prod:builder", true],
    ["system:serviceaccount:prod:*", "system:serviceaccount:prod:", true],
    ["system:serviceaccount:*:builder", "system:serviceaccount:a:b:builder", false],
    ["a.c", "abc", false],
    ["**", "anything/at:all", true],
    ["**", "", false],
    ["*", "a/b", false],
    ["", "", false],
    ["a", "A", false],
    ["[ab]", "a", false],
  ])("%s and %s: %s", (pattern, subject, expected) => {
    expect(matchesSubject(pattern, subject)).toBe(expected);
  });

  it("agrees with the obvious regular expression", () => {
    const piece = fc.constantFrom("a", "b", "/", ":", "*", "**", ".", "(", "\n", "ü", "😀");
    const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
    const subject = fc
      .array(fc.constantFrom("a", "b", "/", ":", "*", ".", "(", "\n", "ü", "😀"), {
        minLength: 1,
        maxLength: 10,
      })
      .map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(pattern, subject, (text, given) => {
        const source = text.replace(/\*\*|./gs, (step) => {
          if (step === "**") return "[\\s\\S]*";
          return step === "*" ? "[^/:]*" : step.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
        });
        expect(matchesSubject(text, given)).toBe(new RegExp(`^${source}$`).test(given));
      }),
      { numRuns: fuzzRuns(3_000, 300_000) },
    );
  });

  it("X5: thousands of rules about others take next to no time, however long the subject is", () => {
    // Whoever has an account at a public issuer can have such a subject signed.
    const subject = `repo:stranger/${"a".repeat(900)}:ref:refs/heads/main`;
    const patterns = Array.from(
      { length: 5_000 },
      (_, index) => `repo:acme/team-${index}-*:ref:refs/heads/**`,
    );
    const startedAt = performance.now();
    expect(patterns.filter((pattern) => matchesSubject(pattern, subject))).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(200);
  });

  it("X5: no pattern takes long", () => {
    const startedAt = performance.now();
    for (const pattern of ["*a".repeat(250), "**a".repeat(166), "*".repeat(500), `${"*".repeat(499)}b`])
      expect(matchesSubject(pattern, `${"a".repeat(999)}c`)).toBe(/\*$/.test(pattern));
    // Four of the worst; a hundredth of what backtracking would take.
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
