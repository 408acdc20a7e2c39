import { joinUnclear, splitAtRecoveries, splitIntoEpisodes } from "#lib/failures/rules-fold-episodes";
import { type FoldedIncident, toIncident } from "#lib/failures/rules-fold-incident";
import {
  type Failure,
  joinPrincipals,
  joinReferences,
  joinWorkloads,
  type NamedClients,
  quiet,
  toFailure,
} from "#lib/failures/rules-fold-join";
import { collectRecoveries, describeThread, type Recoveries } from "#lib/failures/rules-fold-recoveries";
import { judgeProvisional } from "#lib/failures/rules-provisional";
import { mergeGroups, type SignalGroup } from "#lib/failures/rules-signal-group";
import { compareText } from "#lib/failures/rules-time-shelf";

export interface Folding {
  incidents: FoldedIncident[];
  /** When the answer may change though nothing new is told; null when it cannot. */
  nextLookAt: Date | null;
}

/**
 * The incidents of one repository, from everything that was told of it. It depends on what was told and not on when:
 * deliveries that are late, early, doubled or cut in other places give the same.
 */
export function foldSignals(groups: readonly SignalGroup[], now: Date): Folding {
  const judged = judgeProvisional(mergeGroups(groups), now.getTime());
  const successes = groups.filter(({ cause }) => cause === null);
  const { incidents, nextLookAt } = foldJudged([...judged.failures, ...successes], now);
  return { incidents, nextLookAt: earliest([nextLookAt, judged.nextLookAt]) };
}

/** The same, from failures that are known to count and the pulls that went well. */
export function foldJudged(groups: readonly SignalGroup[], now: Date): Folding {
  const merged = mergeGroups(groups);
  const failures = merged.filter(({ cause }) => cause !== null).map(toFailure);
  prepareWorkloads(failures, collectRecoveries(merged, nobody));
  joinReferences(failures);
  const recoveries = collectRecoveries(merged, joinPrincipals(failures));
  const incidents = splitByThread(failures)
    .flatMap((thread) => splitThread(thread, recoveries))
    .flatMap((stretch) => splitIntoEpisodes(stretch, now.getTime()))
    .map(toIncident)
    .filter((incident) => incident !== null)
    .sort((a, b) => compareText(a.key, b.key) || a.lastAt.getTime() - b.lastAt.getTime());
  distinguishKeys(incidents);
  return { incidents, nextLookAt: findNextLook(incidents) };
}

const nobody: NamedClients = { findPrincipal: () => null };

/** What a kubelet's unclear lines belong to decides which evidence fits the workload, so it is looked at first. */
function prepareWorkloads(failures: readonly Failure[], recoveries: Recoveries): void {
  const unclear = failures.filter((failure) => failure.family === "unclear");
  const ofWorkloads = failures.filter((failure) => failure.subject.kind === "workload");
  for (const thread of splitByThread(ofWorkloads))
    for (const stretch of splitThread(thread, recoveries)) joinUnclear(stretch.failures);
  joinWorkloads(failures);
  for (const failure of unclear) failure.family = "unclear";
}

function splitByThread(failures: readonly Failure[]): Failure[][] {
  return [...Map.groupBy(failures, ({ subject, reference }) => describeThread(subject, reference)).values()];
}

function splitThread(thread: readonly Failure[], recoveries: Recoveries) {
  const [first] = thread;
  return first === undefined
    ? []
    : splitAtRecoveries(thread, recoveries.list(first.subject, first.reference));
}

/** Two that hold nothing but evidence of one moment could be told by the same key. */
function distinguishKeys(incidents: readonly FoldedIncident[]): void {
  const times = new Map<string, number>();
  for (const incident of incidents) {
    const seen = (times.get(incident.key) ?? 0) + 1;
    times.set(incident.key, seen);
    if (seen > 1) incident.key = `${incident.key} ${seen}`;
  }
}

function findNextLook(incidents: readonly FoldedIncident[]): Date | null {
  const goingOn = incidents.filter(({ recoveredAt, endedQuietly }) => recoveredAt === null && !endedQuietly);
  return earliest(goingOn.map(({ lastAt }) => new Date(lastAt.getTime() + quiet + 1)));
}

export function earliest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((first, at) => (first === null || (at !== null && at < first) ? at : first), null);
}
