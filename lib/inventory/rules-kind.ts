import { type ManifestKind, manifestKinds } from "#lib/inventory/schema";

/** What is stored as a kind, as one of the kinds that are spoken; what nobody knows is an artifact. */
export function toManifestKind(stored: string): ManifestKind {
  return manifestKinds.find((kind) => kind === stored) ?? "artifact";
}
