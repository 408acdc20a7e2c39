import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { InvalidError } from "#lib/http/errors";
import {
  chooseRegistry,
  formatImageHref,
  parseFullReference,
  parseImagePath,
  type RegistryReference,
} from "#lib/inventory/rules-reference";
import { listVisibleRegistries } from "#lib/inventory/service-access";

export interface ResolvedReference extends RegistryReference {
  /** `registry` is the slug here. */
  registryId: number;
  /** The page of it; differs from the address asked for when that named a host. */
  href: string;
}

/**
 * The path below /images as a reference to a registry that the caller may see; null when it is none. Whether the
 * repository exists is for the page to ask.
 */
export async function resolveImagePath(
  ctx: Context,
  segments: readonly string[],
): Promise<ResolvedReference | null> {
  const parsed = parseImagePath(segments);
  return parsed.ok ? resolve(ctx, parsed.reference) : null;
}

/** A full reference out of a query; throws 422 naming the field when it is malformed, returns null for an unknown registry. */
export async function resolveFullReference(
  ctx: Context,
  text: string,
  field: string,
): Promise<ResolvedReference | null> {
  const parsed = parseFullReference(text);
  if (!parsed.ok) throw new InvalidError(field, parsed.problem);
  return resolve(ctx, parsed.reference);
}

async function resolve(ctx: Context, reference: RegistryReference): Promise<ResolvedReference | null> {
  authorizeSomewhere(ctx, "repositories.read");
  const registry = chooseRegistry(await listVisibleRegistries(ctx), reference.registry);
  if (!registry) return null;
  const found = { ...reference, registry: registry.slug };
  return { ...found, registryId: registry.id, href: formatImageHref(found) };
}
