import type { RegistrySignal, SignalSide } from "#lib/events/signal";
import type { FailureCause } from "#lib/failures/schema";

/** Equal signals of one minute in one repository, or of a longer time without a pause. */
export interface SignalGroup {
  side: SignalSide;
  action: RegistrySignal["action"];
  /** Null for a push or pull that went well. */
  cause: FailureCause | null;
  /** Tag or digest; null where the source knows only the repository. */
  reference: string | null;
  actor: string | null;
  address: string | null;
  agent: string | null;
  cluster: string | null;
  namespace: string | null;
  workload: string | null;
  node: string | null;
  provisional: boolean;
  count: number;
  firstAt: Date;
  lastAt: Date;
}

const minute = 60_000;

/** Groups of the same kind and minute as one, in an order that depends on nothing but what they hold. */
export function mergeGroups(groups: readonly SignalGroup[]): SignalGroup[] {
  const merged = new Map<string, SignalGroup>();
  for (const group of groups) {
    const kind = `${Math.floor(group.firstAt.getTime() / minute)} ${describeKind(group)}`;
    const found = merged.get(kind);
    if (found === undefined) merged.set(kind, { ...group });
    else {
      found.count += group.count;
      if (group.firstAt < found.firstAt) found.firstAt = group.firstAt;
      if (group.lastAt > found.lastAt) found.lastAt = group.lastAt;
    }
  }
  return [...merged]
    .sort(([kindA, a], [kindB, b]) => a.firstAt.getTime() - b.firstAt.getTime() || (kindA < kindB ? -1 : 1))
    .map(([, group]) => group);
}

/** What equal signals have in common. */
export function describeKind(group: SignalGroup): string {
  const texts = [
    group.side,
    group.action,
    group.cause,
    group.reference,
    group.actor,
    group.address,
    group.agent,
    group.cluster,
    group.namespace,
    group.workload,
    group.node,
  ];
  // No text that Postgres keeps holds NUL.
  const told = texts.map((text) => (text === null ? "-" : `+${text}`)).join("\0");
  return `${group.provisional} ${told}`;
}

/** The program without its version: `skopeo` of `skopeo/1.9.3`. */
export function productOf(agent: string | null): string | null {
  const product = /^[^\s/(]{1,100}/.exec(agent ?? "")?.[0];
  return product === undefined ? null : product.toLowerCase();
}

/** One program at one address; null where either is unknown. */
export function clientOf(group: SignalGroup): string | null {
  const product = productOf(group.agent);
  const address = addressOf(group);
  return address === null || product === null ? null : `${address} ${product}`;
}

/** One machine reaches itself by either protocol. */
export function addressOf(group: SignalGroup): string | null {
  return group.address === "::1" ? "127.0.0.1" : group.address;
}

const runtimes = new Set(["containerd", "cri-o", "docker", "kubelet"]);

/** Whether this program pulls for a node, not for a person or a pipeline. */
export function isRuntime(agent: string | null): boolean {
  return runtimes.has(productOf(agent) ?? "");
}
