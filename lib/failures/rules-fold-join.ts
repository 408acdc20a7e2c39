import {
  type CauseFamily,
  familiesToJoin,
  familyOf,
  isVague,
  saysWhichAccess,
} from "#lib/failures/rules-family";
import {
  addressOf,
  clientOf,
  isRuntime,
  productOf,
  type SignalGroup,
} from "#lib/failures/rules-signal-group";
import { type Span, TimeShelf } from "#lib/failures/rules-time-shelf";

/** Whose pulls fail: a workload; whoever signed in; or a program at an address, where nobody did. */
export interface Subject {
  kind: "workload" | "principal" | "client";
  name: string;
}

/** A group of failures while it is found out what it belongs to. */
export interface Failure extends Span {
  group: SignalGroup;
  client: string | null;
  family: CauseFamily;
  reference: string | null;
  subject: Subject;
  /** The failure of a workload that this one is evidence of. */
  evidenceOf: Failure | null;
}

const minute = 60_000;
/** As long as a kubelet's longest back-off, three times over. */
export const together = 15 * minute;
export const quiet = 24 * 60 * minute;
const tokenBeforePull = 2 * minute;
/** A token that was refused is shown to the registry at once. */
const tokenAtOnce = 2_000;

export function toFailure(group: SignalGroup): Failure {
  const subject = subjectOf(group);
  return {
    group,
    first: group.firstAt.getTime(),
    last: group.lastAt.getTime(),
    name: `${subject.name} ${group.reference ?? ""}`,
    client: clientOf(group),
    family: familyOf(group.cause ?? "unknown"),
    reference: group.reference,
    subject,
    evidenceOf: null,
  };
}

export function subjectOf(group: SignalGroup): Subject {
  if (group.workload !== null) return { kind: "workload", name: nameWorkload(group) };
  return group.actor === null ? toClient(group) : { kind: "principal", name: group.actor };
}

export function nameWorkload(group: SignalGroup): string {
  return [group.cluster, group.namespace, group.workload].filter((part) => part !== null).join("/");
}

export function toClient(group: SignalGroup): Subject {
  const parts = [addressOf(group), productOf(group.agent)].filter((part) => part !== null);
  return { kind: "client", name: parts.join(" ") || "unknown" };
}

/** Where a failure of this family is looked up. */
function keysOf(failure: Failure, ...rest: (string | null)[]): string[] {
  return [failure.family, "any"].map((family) => [family, ...rest].join("\n"));
}

function findJoined(
  shelf: TimeShelf<Failure>,
  failure: Failure,
  window: number,
  ...rest: (string | null)[]
): Failure | null {
  for (const family of familiesToJoin(failure.family, failure.group.side)) {
    const found = shelf.findNearest([family, ...rest].join("\n"), failure, window);
    if (found !== null) return found;
  }
  return null;
}

/** What is unclear stays so until its neighbours are known; what guessed takes over what is known. */
function takeFamily(failure: Failure, from: Failure): void {
  if (failure.family === "unclear" || from.family === "unclear") return;
  // What says which access it was is believed; the vague one beside it joins later.
  if (saysWhichAccess(failure.family) && isVague(from.family)) return;
  failure.family = from.family;
}

/**
 * What a registry tells of a runtime's pull is evidence of the workload that could not start, so that two workloads are
 * never three incidents. A token endpoint knows no tag: there any tag will do.
 */
export function joinWorkloads(failures: readonly Failure[]): void {
  const shelf = new TimeShelf<Failure>();
  for (const failure of failures) {
    if (failure.subject.kind !== "workload") continue;
    for (const reference of new Set([failure.reference, null]))
      for (const key of keysOf(failure, reference)) shelf.add(key, failure);
  }
  for (const failure of failures) {
    if (failure.subject.kind === "workload" || !isRuntime(failure.group.agent)) continue;
    const found = findJoined(shelf, failure, together, failure.reference);
    if (found === null) continue;
    takeFamily(failure, found);
    failure.reference = found.reference;
    failure.subject = found.subject;
    failure.evidenceOf = found;
  }
}

/** A refused token names no tag: it belongs to the pull that the same client tried then. */
export function joinReferences(failures: readonly Failure[]): void {
  const shelf = new TimeShelf<Failure>();
  for (const failure of failures) {
    if (failure.subject.kind === "workload" || failure.reference === null) continue;
    const { actor } = failure.group;
    if (actor !== null) for (const key of keysOf(failure, "actor", actor)) shelf.add(key, failure);
    if (failure.client === null) continue;
    for (const key of keysOf(failure, "client", failure.client)) shelf.add(key, failure);
    if (actor === null) for (const key of keysOf(failure, "nobody", failure.client)) shelf.add(key, failure);
  }
  for (const failure of failures) {
    if (failure.subject.kind === "workload" || failure.reference !== null) continue;
    const { actor } = failure.group;
    const found =
      (actor === null ? null : findJoined(shelf, failure, tokenBeforePull, "actor", actor)) ??
      (failure.client === null
        ? null
        : findJoined(shelf, failure, tokenBeforePull, actor === null ? "client" : "nobody", failure.client));
    if (found === null) continue;
    takeFamily(failure, found);
    failure.reference = found.reference;
  }
  joinAcrossAddresses(failures);
}

/**
 * The token endpoint may see another address of a client than the registry does, or none: there the program and the moment
 * tell that both are one. Addresses that both sides tell of are left alone.
 */
function joinAcrossAddresses(failures: readonly Failure[]): void {
  const ofTokens = failures.filter(({ group }) => group.side === "denial");
  const ofRegistry = failures.filter(
    ({ group }) => (group.side === "log" || group.side === "access-log") && group.actor === null,
  );
  const clientsOf = (some: readonly Failure[]) => new Set(some.map(({ client }) => client));
  const [atTokens, atRegistry] = [clientsOf(ofTokens), clientsOf(ofRegistry)];
  const shelf = new TimeShelf<Failure>();
  for (const failure of ofRegistry) {
    const product = productOf(failure.group.agent);
    if (failure.reference === null || product === null || atTokens.has(failure.client)) continue;
    for (const key of keysOf(failure, "product", product)) shelf.add(key, failure);
  }
  for (const failure of ofTokens) {
    const product = productOf(failure.group.agent);
    const isApart = failure.client === null || !atRegistry.has(failure.client);
    if (failure.reference !== null || product === null || !isApart) continue;
    const found = findJoined(shelf, failure, tokenAtOnce, "product", product);
    if (found === null) continue;
    takeFamily(failure, found);
    failure.reference = found.reference;
    failure.client = found.client;
    if (failure.group.actor === null) failure.subject = found.subject;
  }
}

/** Finds the principal behind what a client did without a name. */
export interface NamedClients {
  findPrincipal(client: string, reference: string | null, before: number): string | null;
}

/**
 * Lines without a name belong to whoever failed with the same program at the same address. A token endpoint knows when
 * it was nobody: that is nobody's, and so are the lines nearest to it.
 */
export function joinPrincipals(failures: readonly Failure[]): NamedClients {
  const shelf = new TimeShelf<Failure>();
  const isNobody = ({ group }: Failure) => group.side === "denial" && group.actor === null;
  for (const failure of failures)
    if ((failure.subject.kind === "principal" || isNobody(failure)) && failure.client !== null)
      for (const key of keysOf(failure, failure.reference, failure.client)) shelf.add(key, failure);
  for (const failure of failures) {
    if (failure.subject.kind !== "client" || failure.client === null || isNobody(failure)) continue;
    const found = findJoined(shelf, failure, quiet, failure.reference, failure.client);
    if (found === null) continue;
    takeFamily(failure, found);
    failure.subject = found.subject;
  }
  return {
    findPrincipal: (client, reference, before) => {
      const subject = shelf.findBefore(["any", reference, client].join("\n"), before, quiet)?.subject;
      return subject?.kind === "principal" ? subject.name : null;
    },
  };
}
