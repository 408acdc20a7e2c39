import { foldSignals } from "#lib/failures/rules-fold";
import type { SignalGroup } from "#lib/failures/rules-signal-group";

const begin = Date.UTC(2026, 10, 25, 10);
export const now = new Date(begin + 12 * 3_600_000);

/** So many seconds after ten o'clock. */
export function at(seconds: number): Pick<SignalGroup, "firstAt" | "lastAt"> {
  return later(seconds, seconds);
}

export function later(from: number, to: number): Pick<SignalGroup, "firstAt" | "lastAt"> {
  return { firstAt: new Date(begin + from * 1_000), lastAt: new Date(begin + to * 1_000) };
}

export function signal(given: Partial<SignalGroup>): SignalGroup {
  return {
    side: "log",
    action: "pull",
    cause: "not-found",
    reference: "v1",
    actor: null,
    address: null,
    agent: null,
    cluster: null,
    namespace: null,
    workload: null,
    node: null,
    provisional: false,
    count: 1,
    ...at(0),
    ...given,
  };
}

/** What a kubelet tells of a workload in one namespace. */
export function workloadLine(workload: string, given: Partial<SignalGroup>): SignalGroup {
  return signal({ side: "kubernetes", cluster: "prod", namespace: "shop", workload, ...given });
}

/** What a registry tells of skopeo at one address. */
export function registryLine(given: Partial<SignalGroup>): SignalGroup {
  return signal({ address: "10.0.0.8", agent: "skopeo/1.9.3", ...given });
}

export const fold = (groups: Parameters<typeof foldSignals>[0], when = now) =>
  foldSignals(groups, when).incidents;
export const api = (given = {}) => workloadLine("Deployment/api", given);
export const backOff = (given = {}) => api({ cause: "no-cause-in-text", ...given });
export const containerd = (given = {}) =>
  registryLine({ agent: "containerd/v1.7.2", address: "10.0.0.9", cause: "not-found", ...given });
export const pulled = { cause: null } as const;
