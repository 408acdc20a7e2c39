import type { SourceKind } from "#lib/events/schema";

/** A source as a delivery needs it. */
export interface KnownSource {
  id: number;
  registryId: number;
  kind: SourceKind;
  cluster: string | null;
  registryUrl: string;
  /** Of the secret that the delivery came with; null where there is none. What it opens is looked at again as it is kept. */
  secretHash: string | null;
}
