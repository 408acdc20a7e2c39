import { expect } from "vitest";
import { type KubernetesSource, parseKubernetesEvents } from "#lib/events/kubernetes/parse-kubernetes-events";
import type { RegistrySignal } from "#lib/events/signal";

export const kubernetesNow = new Date("2026-04-17T13:00:00Z");
/** Of a cluster without a name, whose nodes pull from `registry.example:5000`. */
export const kubernetesSource: KubernetesSource = { registryHost: "registry.example:5000", cluster: null };

/** What a body says that came at `kubernetesNow` from a cluster without a name. */
export function parseKubernetes(body: unknown, contentType = "application/json", from = kubernetesSource) {
  return parseKubernetesEvents(
    typeof body === "string" ? body : JSON.stringify(body),
    contentType,
    kubernetesNow,
    from,
  );
}

/** The one signal that is in a body. */
export function parseOneKubernetes(body: unknown): RegistrySignal {
  const { signals } = parseKubernetes(body);
  expect(signals).toHaveLength(1);
  return signals[0] as RegistrySignal;
}
