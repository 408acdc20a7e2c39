import type { Source, SourceKind } from "#lib/events/schema";

/** A canary goes out each minute: two may be lost or late before a source counts as silent. */
const silentAfterMs = 3 * 60_000;
/** Our own marked request comes back through these; through the others nothing comes but what others do. */
const hearsCanary = new Set<SourceKind>(["distribution", "registry-logs"]);

export interface SourceSigns {
  kind: SourceKind;
  secretSet: boolean;
  lastDeliveryAt: Date | null;
  canaryAt: Date | null;
  endedAt: Date | null;
}

/** Of a cluster that the worker watches itself: nobody can post to it, and its bookmarks stand for our own request. */
export function isWatchedCluster({ kind, secretSet }: Pick<SourceSigns, "kind" | "secretSet">): boolean {
  return kind === "kubernetes" && !secretSet;
}

/** Whether a source speaks, as far as that can be told. */
export function evaluateSourceState(
  { kind, secretSet, lastDeliveryAt, canaryAt, endedAt }: SourceSigns,
  now: Date,
): Source["state"] {
  if (endedAt !== null) return "ended";
  // Our own process tells of its refusals itself.
  if (kind === "token-denials") return "heard";
  if (lastDeliveryAt === null) return "never";
  if (now.getTime() - lastDeliveryAt.getTime() <= silentAfterMs) return "heard";
  const isAnswered = hearsCanary.has(kind) || isWatchedCluster({ kind, secretSet });
  return isAnswered && canaryAt !== null ? "silent" : "quiet-or-silent";
}
