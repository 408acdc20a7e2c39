import { type CauseFamily, isVague, saysWhichAccess } from "#lib/failures/rules-family";
import { type Failure, quiet, together } from "#lib/failures/rules-fold-join";
import type { Success } from "#lib/failures/rules-fold-recoveries";
import { measureGap } from "#lib/failures/rules-time-shelf";

/** Failures of one subject and reference that no success came between. */
export interface Stretch {
  failures: Failure[];
  recoveredAt: number | null;
}

/** Both in the order of time. Evidence is no failure of its own here: it goes where its workload's failure goes. */
export function splitAtRecoveries(failures: readonly Failure[], successes: readonly Success[]): Stretch[] {
  const stretches: Stretch[] = [];
  const placed = new Map<Failure, Stretch>();
  let current: Stretch | null = null;
  let last = 0;
  let next = 0;
  for (const failure of failures) {
    if (failure.evidenceOf !== null) continue;
    if (current !== null) {
      next = skipTo(successes, next, last);
      if (isRecovered(successes, next, failure, last)) {
        current.recoveredAt = successes[next]?.at ?? null;
        current = null;
      }
    }
    if (current === null) {
      current = { failures: [], recoveredAt: null };
      stretches.push(current);
      last = failure.last;
    }
    current.failures.push(failure);
    placed.set(failure, current);
    last = Math.max(last, failure.last);
  }
  if (current !== null) current.recoveredAt = successes[skipTo(successes, next, last)]?.at ?? null;
  for (const failure of failures)
    if (failure.evidenceOf !== null) placed.get(failure.evidenceOf)?.failures.push(failure);
  for (const stretch of stretches) stretch.failures.sort(byBeginning);
  return stretches;
}

function skipTo(successes: readonly Success[], from: number, last: number): number {
  let next = from;
  for (let success = successes[next]; success !== undefined && success.at <= last; success = successes[next])
    next += 1;
  return next;
}

/** Whether one of the successes before this failure ended what failed until `last`. */
function isRecovered(successes: readonly Success[], from: number, failure: Failure, last: number): boolean {
  for (let index = from; index < successes.length; index += 1) {
    const success = successes[index];
    if (success === undefined || success.at >= failure.first) return false;
    if (failure.first - last > together || isEndedBy(success, failure)) return true;
  }
  return false;
}

/**
 * A success of one node says nothing of another that still fails, and a manifest that a registry gave out says nothing of
 * its blobs: within a back-off's time both go on as one.
 */
function isEndedBy(success: Success, failure: Failure): boolean {
  const { node, cause } = failure.group;
  if (node !== null && success.node !== null && node !== success.node) return false;
  return success.isWhole || (cause !== "content-missing" && cause !== "digest-mismatch");
}

/** What is unclear belongs to the nearest failure with a cause, over any chain of signals that never pauses for long. */
export function joinUnclear(failures: readonly Failure[]): void {
  joinNearest(failures, isVague, saysWhichAccess);
  joinNearest(
    failures,
    (family) => family === "unclear",
    (family) => family !== "unclear",
  );
}

function joinNearest(
  all: readonly Failure[],
  joins: (family: CauseFamily) => boolean,
  takes: (family: CauseFamily) => boolean,
): void {
  const failures = all.filter(({ family }) => joins(family) || takes(family));
  const decided: [Failure, CauseFamily][] = [];
  for (const run of splitAtPauses(failures, together)) {
    const clear = run.filter((failure) => takes(failure.family));
    if (clear.length === 0) continue;
    let passed = 0;
    let before: Failure | undefined;
    for (const failure of run) {
      if (takes(failure.family)) {
        passed += 1;
        if (before === undefined || failure.last > before.last) before = failure;
        continue;
      }
      const after = clear[passed];
      const nearest =
        before === undefined || (after && measureGap(after, failure) < measureGap(before, failure))
          ? after
          : before;
      if (nearest !== undefined) decided.push([failure, nearest.family]);
    }
  }
  for (const [failure, family] of decided) failure.family = family;
}

/** One stretch of one family, without a pause of a day. */
export interface Episode {
  family: CauseFamily;
  failures: Failure[];
  recoveredAt: number | null;
  endedQuietly: boolean;
}

export function splitIntoEpisodes(stretch: Stretch, now: number): Episode[] {
  joinUnclear(stretch.failures);
  const families = Map.groupBy(stretch.failures, (failure) => failure.family);
  return [...families].flatMap(([family, failures]) => {
    const runs = splitAtPauses(failures, quiet);
    return runs.map((run, index) => {
      const isLatest = index === runs.length - 1;
      const last = lastOf(run);
      // What a registry tells of a workload may be told a moment after the kubelet's success.
      const recoveredAt =
        isLatest && stretch.recoveredAt !== null ? Math.max(stretch.recoveredAt, last) : null;
      const endedQuietly = recoveredAt === null && (!isLatest || now - last > quiet);
      return { family, failures: run, recoveredAt, endedQuietly };
    });
  });
}

export function lastOf(failures: readonly Failure[]): number {
  return failures.reduce((last, failure) => Math.max(last, failure.last), Number.NEGATIVE_INFINITY);
}

function splitAtPauses(failures: readonly Failure[], pause: number): Failure[][] {
  const runs: Failure[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const failure of failures) {
    const run = runs.at(-1);
    if (run === undefined || failure.first - last > pause) runs.push([failure]);
    else run.push(failure);
    last = Math.max(last, failure.last);
  }
  return runs;
}

function byBeginning(a: Failure, b: Failure): number {
  return a.first - b.first || a.last - b.last;
}
