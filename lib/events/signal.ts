import type { FailureCause } from "#lib/failures/schema";

/** Who tells: one failed pull may be told of by several sides, and still is one. */
export const signalSides = [
  "notification",
  "log",
  "access-log",
  "kubernetes",
  "denial",
  "harbor",
  "zot",
] as const;
export type SignalSide = (typeof signalSides)[number];

/** What a source told of one push, pull or deletion, or of equal ones that it counts itself. */
export interface RegistrySignal {
  /** Its identity within its source: the same one again changes nothing. */
  eventId: string;
  side: SignalSide;
  action: "push" | "pull" | "delete";
  /** Null where it went well. */
  cause: FailureCause | null;
  /** A name in the registry of the source, or `host/name` where the image is of another host. */
  repository: string | null;
  tag: string | null;
  digest: string | null;
  mediaType: string | null;
  /** The name by which somebody signed in, as the source says it; null for nobody and for unknown. */
  actor: string | null;
  address: string | null;
  agent: string | null;
  cluster: string | null;
  namespace: string | null;
  /** `Deployment/api`, or `Pod/name` where the owner cannot be told. */
  workload: string | null;
  node: string | null;
  /** The text that tells the cause, at most 4,000 characters. */
  message: string | null;
  /** How many times it happened, where the source folds equal ones: the highest number told counts. */
  count: number;
  /** When it happened for the first time. */
  at: Date;
  /** When it happened for the last time; `at` where it happened once. */
  lastAt: Date;
  /**
   * A failure only if the same client does not go on: the HEAD 404 before a push, the 401 before a sign-in. It counts
   * when nothing of the kind follows within seconds.
   */
  provisional: boolean;
  /** JSON of what was told, at most 16 KiB, without NUL; `{}` where it does not fit. */
  raw: string;
}

/** What a body of a source held. */
export interface SignalParse {
  signals: RegistrySignal[];
  /** Ordinary traffic, and what is of no use to anybody. */
  ignored: number;
  unreadable: number;
}
