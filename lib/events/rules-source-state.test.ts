import { expect, it } from "vitest";
import { evaluateSourceState, type SourceSigns } from "#lib/events/rules-source-state";

const now = new Date("2026-05-01T10:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

it.each<[string, Partial<SourceSigns>, string]>([
  ["nothing came", { lastDeliveryAt: null }, "never"],
  ["something came of late", { lastDeliveryAt: ago(3) }, "heard"],
  ["a log without canaries", { canaryAt: null }, "quiet-or-silent"],
  ["a log with canaries", { canaryAt: ago(4) }, "silent"],
  ["an exporter in a cluster", { kind: "kubernetes", canaryAt: null }, "quiet-or-silent"],
  ["an exporter never has canaries", { kind: "kubernetes", canaryAt: ago(4) }, "quiet-or-silent"],
  ["a watched cluster", { kind: "kubernetes", secretSet: false, canaryAt: ago(4) }, "silent"],
  [
    "a watched cluster that answers",
    { kind: "kubernetes", secretSet: false, lastDeliveryAt: ago(1), canaryAt: ago(1) },
    "heard",
  ],
  [
    "a watched cluster that never answered",
    { kind: "kubernetes", secretSet: false, lastDeliveryAt: null },
    "never",
  ],
  ["ended", { endedAt: ago(1), lastDeliveryAt: ago(1) }, "ended"],
  ["our own", { kind: "token-denials", secretSet: false, lastDeliveryAt: null }, "heard"],
])("%s: %j is %s", (_name, signs, state) => {
  const source: SourceSigns = {
    kind: "registry-logs",
    secretSet: true,
    lastDeliveryAt: ago(4),
    canaryAt: null,
    endedAt: null,
    ...signs,
  };
  expect(evaluateSourceState(source, now)).toBe(state);
});
