import type { Source, SourceKind } from "#lib/events/schema";

/** A canary goes out each minute: two may be lost or late before a source counts as silent. */
const silentAfterMs = 3 * 60_000;
/** Our own marked request comes back through these; through the others nothing comes but what others do. */
const hearsCanary = new Set<SourceKind>(["distribution", "registry-logs"]);

export interface SourceSigns {
  kind: SourceKind;
  lastDeliveryAt: Date | null;
  canaryAt: Date | null;
  endedAt: Date | null;
}

/** Whether a source speaks, as far as that can be told. */
export function evaluateSourceState(
  { kind, lastDeliveryAt, canaryAt, endedAt }: SourceSigns,
  now: Date,
): Source["state"] {
  if (endedAt !== null) return "ended";
  // Our own process tells of its refusals itself.
  if (kind === "token-denials") return "heard";
  if (lastDeliveryAt === null) return "never";
  if (now.getTime() - lastDeliveryAt.getTime() <= silentAfterMs) return "heard";
  return hearsCanary.has(kind) && canaryAt !== null ? "silent" : "quiet-or-silent";
}
