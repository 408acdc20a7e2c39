import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { isOpenedByEmergency } from "#lib/enforcement/rules-emergency";
import { findLoginBehind } from "#lib/enforcement/store";
import { explainAccess } from "#lib/grants/service-effective";
import { ForbiddenError } from "#lib/http/errors";
import { findPrincipalNamed } from "#lib/principals/resolve-principal";

/** What a person does to a repository through the console, in the words of grants. */
export type DeedAction = "push" | "delete";

export interface EnforcedRegistry {
  id: number;
  slug: string;
  /** off, on or suspended. */
  enforcement: string;
  protectedPatterns: readonly string[];
}

export class MissingGrantError extends ForbiddenError {
  override readonly code = "grant-missing";
  constructor(sentence: string) {
    super(undefined, sentence);
  }
}

/** Throws unless the caller's own grants allow the deed, where the registry keeps to grants. */
export async function requireGrant(
  ctx: Context,
  registry: EnforcedRegistry,
  repository: string,
  action: DeedAction,
): Promise<void> {
  const missing = await findMissingGrant(ctx, registry, repository, action);
  if (missing !== null) throw new MissingGrantError(missing);
}

/**
 * Why the caller may not do the deed at the registry although the console would let them: the grant that is missing
 * and where to get it. Null when nothing is missing. The console acts as itself there, so this is where the grants of
 * the person behind it count.
 */
export async function findMissingGrant(
  ctx: Context,
  registry: EnforcedRegistry,
  repository: string,
  action: DeedAction,
): Promise<string | null> {
  const { principal, now } = ctx;
  if (registry.enforcement === "off" || principal.kind === "system") return null;
  if (isOpenedByEmergency(registry.enforcement, action)) return null;
  const login = await findLoginBehind(db(), principal);
  if (login === null)
    return `Where grants hold, a role in the console is not enough, and this API key belongs to nobody who could hold a grant. Use the key of a person who may ${action} ${repository} in ${registry.slug}.`;
  const person = await findPrincipalNamed(db(), `user:${login}`);
  const { allowed, because } = await explainAccess({ principal: person, registry, repository, action, now });
  if (allowed) return null;
  return `Your role in the console is not enough here: grants hold at this registry, for you too. ${because} Ask for it under Access, My access.`;
}
