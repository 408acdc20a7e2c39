import type { SignalSide } from "#lib/events/signal";
import type { FailureCause } from "#lib/failures/schema";

/** What is asked of all that sources told. */
export interface EventFilter {
  /** One of these; null is nobody. */
  actors?: readonly (string | null)[];
  actions?: readonly string[];
  /** Null is what went well. */
  causes?: { among: readonly FailureCause[] } | { butNot: readonly FailureCause[] } | null;
  /** Slug. */
  registry?: string;
  repository?: string;
  address?: string;
  /** Part of it. */
  agent?: string;
  /** The identity that the source gave it. */
  eventId?: string;
  /** Part of the image. */
  target?: string;
  /** Part of actor, action or image. */
  q?: string;
  from?: Date;
  /** Not included. */
  to?: Date;
}

export interface EventPosition {
  at: Date;
  id: bigint;
}

/** An event as it is kept. */
export interface EventRow extends EventPosition {
  eventId: string;
  registry: string;
  source: string | null;
  side: SignalSide;
  action: string;
  cause: FailureCause | null;
  repository: string | null;
  /** `repository:tag` or `repository@digest`; the registry where the image is not told. */
  target: string;
  digest: string | null;
  mediaType: string | null;
  actor: string | null;
  address: string | null;
  agent: string | null;
  cluster: string | null;
  namespace: string | null;
  workload: string | null;
  node: string | null;
  message: string | null;
  count: number;
  provisional: boolean;
  lastAt: Date;
  receivedAt: Date;
  raw: unknown;
}
