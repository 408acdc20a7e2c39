import { createHash } from "node:crypto";
import { type SignalSide, signalSides } from "#lib/events/signal";
import { countTold, type ToldCount } from "#lib/failures/count-told";
import { type CauseFamily, chooseCause, familyOf } from "#lib/failures/rules-family";
import { type Episode, lastOf } from "#lib/failures/rules-fold-episodes";
import type { Failure, Subject } from "#lib/failures/rules-fold-join";
import { compareText } from "#lib/failures/rules-time-shelf";
import type { FailureCause } from "#lib/failures/schema";

export interface FoldedIncident {
  /**
   * What it is and when it began. Evidence of other sides does not change it; an earlier failure of the same episode that
   * becomes known later does.
   */
  key: string;
  reference: string | null;
  /** The most specific that was told. */
  cause: FailureCause;
  family: CauseFamily;
  subject: Subject;
  principal: string | null;
  cluster: string | null;
  namespace: string | null;
  workload: string | null;
  /** Sorted, the first fifty. */
  addresses: string[];
  agents: string[];
  nodes: string[];
  count: number;
  sides: { side: SignalSide; count: number; firstAt: Date; lastAt: Date; cause: FailureCause }[];
  /** How often in each hour in which it failed; they sum to `count`. */
  hours: { hour: Date; count: number }[];
  firstAt: Date;
  lastAt: Date;
  /** The first pull of the same client that went well after the last failure. */
  recoveredAt: Date | null;
  /** Nothing was heard for a day, neither failure nor success. */
  endedQuietly: boolean;
}

export const namesKept = 50;
const hour = 3_600_000;

export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** A source that counts over more than a month is believed for the last month. */
const hoursKept = 744;

export function toIncident(episode: Episode): FoldedIncident | null {
  const { family, failures } = episode;
  const [first] = failures;
  if (first === undefined) return null;
  const { subject, reference } = first;
  const began = failures.find((failure) => failure.evidenceOf === null) ?? first;
  const hours = countByHour(failures);
  const placed = failures.find((failure) => failure.group.workload !== null)?.group ?? null;
  return {
    // Names may be longer than an index takes.
    key: `${new Date(began.first).toISOString()} ${family} ${hashText([reference ?? "-", subject.kind, subject.name].join(" "))}`,
    reference,
    cause: chooseCause(family, failures.map(toTold)),
    family,
    subject: { ...subject },
    principal: subject.kind === "principal" ? subject.name : chooseActor(failures),
    cluster: placed?.cluster ?? null,
    namespace: placed?.namespace ?? null,
    workload: placed?.workload ?? null,
    addresses: listNames(failures, "address"),
    agents: listNames(failures, "agent"),
    nodes: listNames(failures, "node"),
    count: hours.reduce((sum, { count }) => sum + count, 0),
    sides: listSides(family, failures),
    hours,
    firstAt: new Date(first.first),
    lastAt: new Date(lastOf(failures)),
    recoveredAt: episode.recoveredAt === null ? null : new Date(episode.recoveredAt),
    endedQuietly: episode.endedQuietly,
  };
}

function toTold(failure: Failure): { cause: FailureCause; side: SignalSide } {
  return { cause: failure.group.cause ?? "unknown", side: failure.group.side };
}

/** Who pulled for a workload: the name that was told most often. */
function chooseActor(failures: readonly Failure[]): string | null {
  const counts = new Map<string, number>();
  for (const { group } of failures)
    if (group.actor !== null) counts.set(group.actor, (counts.get(group.actor) ?? 0) + group.count);
  const [most] = [...counts].sort(([a, times], [b, others]) => others - times || compareText(a, b));
  return most?.[0] ?? null;
}

function listNames(failures: readonly Failure[], field: "address" | "agent" | "node"): string[] {
  const names = new Set<string>();
  for (const { group } of failures) {
    const name = group[field];
    if (name !== null) names.add(name);
  }
  return [...names].sort(compareText).slice(0, namesKept);
}

function listSides(family: CauseFamily, failures: readonly Failure[]): FoldedIncident["sides"] {
  const bySide = Map.groupBy(failures, (failure) => failure.group.side);
  return signalSides.flatMap((side) => {
    const told = bySide.get(side);
    const first = told?.[0];
    if (told === undefined || first === undefined) return [];
    return [
      {
        side,
        count: told.reduce((sum, failure) => sum + failure.group.count, 0),
        firstAt: new Date(first.first),
        lastAt: new Date(lastOf(told)),
        cause: chooseCause(family, told.map(toTold)),
      },
    ];
  });
}

function countByHour(failures: readonly Failure[]): FoldedIncident["hours"] {
  const told = new Map<number, ToldCount[]>();
  for (const failure of failures) {
    const { side, agent, provisional, cause } = failure.group;
    const isWeak = provisional || familyOf(cause ?? "unknown") === "unclear";
    for (const [at, count] of spreadOverHours(failure)) {
      const hour = told.get(at) ?? [];
      told.set(at, hour);
      hour.push({ side, agent, isWeak, count });
    }
  }
  return [...told]
    .sort(([a], [b]) => a - b)
    .map(([at, counts]) => ({ hour: new Date(at), count: countTold(counts) }));
}

/** Evenly over the time that a source counted for. */
function* spreadOverHours({ first, last, group }: Failure): Generator<[number, number]> {
  const end = floorToHour(last);
  const begin = Math.max(floorToHour(first), end - (hoursKept - 1) * hour);
  let given = 0;
  for (let at = begin; at <= end; at += hour) {
    const share = at === end ? 1 : (at + hour - first) / (last - first);
    const count = Math.floor(group.count * share) - given;
    given += count;
    if (count > 0) yield [at, count];
  }
}

function floorToHour(at: number): number {
  return Math.floor(at / hour) * hour;
}
