import { patternsOverlap } from "#lib/auth/pattern-overlap";
import type { Scope } from "#lib/auth/rules";

export interface TeamReach {
  registryId: number | null;
  pattern: string;
}

/** The patterns of a team that reach into the scope: the rest would name what the caller may not know of. */
export function evaluateVisiblePatterns<P extends TeamReach>(patterns: readonly P[], scope: Scope): P[] {
  if (scope.everywhere) return [...patterns];
  return patterns.filter((reach) =>
    scope.rules.some(
      (rule) =>
        (rule.registryId === null || reach.registryId === null || rule.registryId === reach.registryId) &&
        patternsOverlap(rule.pattern, reach.pattern),
    ),
  );
}
