import type { Artifact } from "#lib/inventory/schema-artifact";

/** `built on platform/base-node:22`, as the image says of itself; null when it says nothing. */
export function describeBase(base: Artifact["base"]): string | null {
  if (base === null) return null;
  const name = base.name || base.digest;
  return name ? `built on ${name}` : null;
}
