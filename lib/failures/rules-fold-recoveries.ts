import { type NamedClients, nameWorkload, type Subject, toClient } from "#lib/failures/rules-fold-join";
import { clientOf, type SignalGroup } from "#lib/failures/rules-signal-group";

/** A pull that went well. */
export interface Success {
  at: number;
  node: string | null;
  /** Told by a kubelet, which knows that the whole image arrived; a registry knows only that it was asked. */
  isWhole: boolean;
}

export interface Recoveries {
  /** In the order of time. Without a reference: of any in the repository. */
  list(subject: Subject, reference: string | null): readonly Success[];
}

/** Pulls that went well, by whose they are. */
export function collectRecoveries(groups: readonly SignalGroup[], named: NamedClients): Recoveries {
  const lists = new Map<string, Success[]>();
  const add = (subject: Subject, reference: string | null, group: SignalGroup) => {
    const key = describeThread(subject, reference);
    const list = lists.get(key) ?? [];
    lists.set(key, list);
    for (const time of new Set([group.firstAt.getTime(), group.lastAt.getTime()]))
      list.push({ at: time, node: group.node, isWhole: group.workload !== null });
  };
  for (const group of groups) {
    if (group.cause !== null || group.action !== "pull") continue;
    const client = group.workload === null ? clientOf(group) : null;
    for (const reference of new Set([group.reference, null])) {
      if (group.workload !== null) add({ kind: "workload", name: nameWorkload(group) }, reference, group);
      const principal =
        group.actor ?? (client && named.findPrincipal(client, reference, group.lastAt.getTime()));
      if (principal !== null) add({ kind: "principal", name: principal }, reference, group);
      if (client !== null) add(toClient(group), reference, group);
    }
  }
  for (const list of lists.values()) list.sort((a, b) => a.at - b.at);
  return { list: (subject, reference) => lists.get(describeThread(subject, reference)) ?? [] };
}

export function describeThread(subject: Subject, reference: string | null): string {
  return [subject.kind, reference ?? "", subject.name].join("\n");
}
