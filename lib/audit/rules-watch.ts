import type { VerifiedLink } from "#lib/audit/verify-chain";

/** What the last look at the chain found. */
export interface ChainWatch {
  /** The last link that agrees, and when this was seen; null when nobody has looked, or who did is not believed. */
  verified: (VerifiedLink & { at: Date }) | null;
  /** When the chain was last walked over from its first link on, and how long that took. */
  fullAt: Date | null;
  fullMs: number;
  problem: { seq: bigint | null; eventId: bigint | null; what: string } | null;
}

const fullEveryMs = 3_600_000;
// Somebody who put a file right wants to see it.
const brokenEveryMs = 300_000;
// So that a long chain keeps a worker busy a twentieth of its time at most.
const restTimes = 20;
const staleMs = 600_000;

/** What to do now: walk over the whole chain, over what was added, or wait. */
export function chooseLook(watch: ChainWatch | null, now: Date): "full" | "added" | "wait" {
  if (watch?.verified == null || watch.fullAt === null) return "full";
  const pause = Math.max(watch.problem === null ? fullEveryMs : brokenEveryMs, watch.fullMs * restTimes);
  if (now.getTime() - watch.fullAt.getTime() >= pause) return "full";
  return watch.problem === null ? "added" : "wait";
}

/** What can be said of the chain now: a look too long ago says nothing any more, a break stays one. */
export function judgeWatch(watch: ChainWatch | null, now: Date): "whole" | "broken" | "unknown" {
  if (watch?.problem != null) return "broken";
  if (watch?.verified == null) return "unknown";
  const age = now.getTime() - watch.verified.at.getTime();
  return age <= staleMs + 2 * watch.fullMs ? "whole" : "unknown";
}
