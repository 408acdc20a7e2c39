import { nameWorkload, together } from "#lib/failures/rules-fold-join";
import { judgeProvisional } from "#lib/failures/rules-provisional";
import { describeKind, isRuntime, mergeGroups, type SignalGroup } from "#lib/failures/rules-signal-group";
import { countBefore } from "#lib/failures/rules-time-shelf";

const minute = 60_000;
export const hourMs = 60 * minute;
/** What equal signals of an hour are thinned out beyond. */
const keptAsTold = 4;
/** How long after an hour, and before it, what was told decides which of its failures count. */
export const afterHourMs = 3 * minute;
export const beforeHourMs = 2 * hourMs;
export const reachMs = 2 * minute;

export interface JudgedHour {
  failures: SignalGroup[];
  successes: SignalGroup[];
  /** When a failure of this hour that still waits can be judged; null where none does. */
  nextLookAt: Date | null;
}

/**
 * The failures of an hour that count and the pulls that went well, from the equal signals of its minutes and of those
 * around it. It depends on nothing but what was told, so that an hour that is read again gives the same.
 */
export function judgeHour(groups: readonly SignalGroup[], hour: number, now: number): JudgedHour {
  const near = mergeGroups(groups).filter(
    ({ firstAt, lastAt }) =>
      firstAt.getTime() >= hour - beforeHourMs &&
      firstAt.getTime() < hour + hourMs + afterHourMs &&
      lastAt.getTime() >= hour - reachMs,
  );
  const isOfHour = ({ firstAt }: SignalGroup) => floorToHour(firstAt.getTime()) === hour;
  const { failures, nextLookAt } = judgeProvisional(near, now);
  return {
    failures: failures.filter(isOfHour),
    successes: near.filter((group) => group.cause === null && group.action === "pull" && isOfHour(group)),
    nextLookAt,
  };
}

/** What incidents are folded from in one hour: a fleet that tells the same all day is a few runs an hour. */
export function thinHour(
  { failures, successes }: JudgedHour,
  hour: number,
  clients: FailedClients,
): SignalGroup[] {
  const theirs = successes.filter((success) => clients.has(success));
  return mergeGroups([...thinFailures(failures, theirs, hour), ...thinSuccesses(theirs, failures)]);
}

export function floorToHour(at: number): number {
  return Math.floor(at / hourMs) * hourMs;
}

/** The hours whose runs change with what was told. */
export function listHours(told: readonly { at: Date; last_at: Date }[]): Date[] {
  const hours = new Set<number>();
  for (const { at, last_at: lastAt } of told) {
    const [first, last] = [at.getTime(), lastAt.getTime()];
    hours.add(floorToHour(first));
    if (last - first < beforeHourMs) hours.add(floorToHour(last));
  }
  return [...hours].map((hour) => new Date(hour));
}

/** Equal failures without a pause are one, unless a pull that may have ended them lies between. */
function thinFailures(
  failures: readonly SignalGroup[],
  successes: readonly SignalGroup[],
  hour: number,
): SignalGroup[] {
  const endings = shelveEndings(successes);
  return [...Map.groupBy(failures, (failure) => describeKind(failure)).values()].flatMap((told) => {
    if (told.length <= keptAsTold) return told;
    const ends = findEndings(endings, told[0]);
    const runs: SignalGroup[] = [];
    let last: SignalGroup | null = null;
    for (const failure of told) {
      // What a source counted over a longer time is spread over its hours.
      if (failure.lastAt.getTime() >= hour + hourMs) runs.push(failure);
      else if (last !== null && goesOn(last, failure, ends)) {
        last.count += failure.count;
        if (failure.lastAt > last.lastAt) last.lastAt = failure.lastAt;
      } else {
        last = { ...failure };
        runs.push(last);
      }
    }
    return runs;
  });
}

function goesOn(run: SignalGroup, next: SignalGroup, ends: readonly (readonly number[])[]): boolean {
  const [from, to] = [run.lastAt.getTime(), next.firstAt.getTime()];
  if (to - from > together) return false;
  // A minute that holds both is the beginning of what comes after.
  const since = Math.min(from, Math.floor(from / minute) * minute);
  return ends.every((times) => countBefore(times, since, identity) === countBefore(times, to + 1, identity));
}

const identity = (at: number) => at;

type Endings = Map<string, number[]>;

/** When pulls went well, by whose failures they may end. Whose a nameless client is shows in the days around only. */
function shelveEndings(successes: readonly SignalGroup[]): Endings {
  const endings: Endings = new Map();
  for (const success of successes) {
    const kinds =
      success.workload === null
        ? ["pull", success.actor === null ? "nameless" : `actor ${success.actor}`]
        : ["node", `workload ${nameWorkload(success)}`];
    for (const reference of new Set([success.reference, null]))
      for (const kind of kinds) {
        const key = `${reference ?? ""}\n${kind}`;
        const times = endings.get(key) ?? [];
        endings.set(key, times);
        times.push(success.firstAt.getTime(), success.lastAt.getTime());
      }
  }
  for (const times of endings.values()) times.sort((a, b) => a - b);
  return endings;
}

function findEndings(endings: Endings, failure: SignalGroup | undefined): number[][] {
  if (failure === undefined) return [];
  const { workload, actor, reference, agent } = failure;
  const kinds =
    workload !== null
      ? [`workload ${nameWorkload(failure)}`]
      : actor === null
        ? ["pull"]
        : [`actor ${actor}`, "nameless"];
  // A runtime's failure goes with its workload's.
  if (workload === null && isRuntime(agent)) kinds.push("node");
  return kinds.flatMap((kind) => {
    const times = endings.get(`${reference ?? ""}\n${kind}`);
    return times === undefined ? [] : [times];
  });
}

/** Of equal pulls that went well, the first and the last between two failures: no incident ends at another one. */
function thinSuccesses(successes: readonly SignalGroup[], failures: readonly SignalGroup[]): SignalGroup[] {
  const bounds = failures
    .flatMap(({ firstAt, lastAt }) => [firstAt.getTime(), lastAt.getTime()])
    .sort((a, b) => a - b);
  const place = (at: Date) => countBefore(bounds, at.getTime(), identity);
  return [...Map.groupBy(successes, (success) => describeKind(success)).values()].flatMap((told) => {
    // A kubelet tells of few, and what it counted over hours ends in another one.
    if (told.length <= keptAsTold || told[0]?.workload !== null) return told;
    return told.filter((success, index) => {
      const [before, after] = [told[index - 1], told[index + 1]];
      const from = place(success.firstAt);
      return (
        before === undefined ||
        after === undefined ||
        place(before.lastAt) !== from ||
        place(after.firstAt) !== from ||
        place(success.lastAt) !== from
      );
    });
  });
}

/** Somebody who failed: what they pulled well may end it. */
export interface FailedClient {
  actor: string | null;
  address: string | null;
  workload: string | null;
  namespace: string | null;
}

/** Who failed in a repository; what went well is theirs by any of their names. */
export class FailedClients {
  readonly #known = new Set<string>();
  readonly #names = new Set<string>();

  constructor(clients: readonly FailedClient[]) {
    for (const client of clients) {
      this.#known.add(describeClient(client));
      for (const name of listNames(client)) this.#names.add(name);
    }
  }

  has(client: FailedClient): boolean {
    return listNames(client).some((name) => this.#names.has(name));
  }

  /** Those that failed here and are not among them. */
  findOthers(failures: readonly FailedClient[]): FailedClient[] {
    const others = new Map<string, FailedClient>();
    for (const { actor, address, workload, namespace } of failures) {
      const client = { actor, address, workload, namespace };
      const key = describeClient(client);
      if (!this.#known.has(key)) others.set(key, client);
    }
    return [...others.values()];
  }
}

function describeClient({ actor, address, workload, namespace }: FailedClient): string {
  return JSON.stringify([actor, address, workload, namespace]);
}

function listNames({ actor, address, workload, namespace }: FailedClient): string[] {
  return [
    ...(actor === null ? [] : [`actor ${actor}`]),
    ...(address === null ? [] : [`address ${address}`]),
    ...(workload === null ? [] : [`workload ${namespace ?? ""}/${workload}`]),
  ];
}

/** What was told from then until then, and before `open` only what went on until it. */
export interface WantedSpan {
  from: number;
  open: number;
  to: number;
}

/** In the order of time, those that overlap as one. */
export function mergeSpans(spans: readonly WantedSpan[]): WantedSpan[] {
  const merged: WantedSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}
