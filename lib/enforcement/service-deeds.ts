import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { findKeyOwner, findPerson } from "#lib/enforcement/store";
import { type AccessSubject, evaluate, everyoneId, groupsLastMs, signedInId } from "#lib/grants/rules";
import { ForbiddenError } from "#lib/http/errors";
import { getFreshAccess } from "#lib/tokens/access-gate";
import type { AccessSnapshot } from "#lib/tokens/access-snapshot";

/** What a person does to a repository through the console, in the words of grants. */
export type DeedAction = "push" | "delete";

export interface EnforcedRegistry {
  id: number;
  slug: string;
  enforcement: string;
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
  if (registry.enforcement === "off" || ctx.principal.kind === "system") return null;
  // The emergency switch opens pushes to whoever is signed in; deletions stay with those who hold them.
  if (registry.enforcement === "suspended" && action === "push") return null;
  const userId = await findUserBehind(ctx);
  const place = `${repository} in ${registry.slug}`;
  if (userId === null)
    return `This registry keeps to grants, and this API key belongs to nobody who could hold one. Use a key of a person with a grant to ${words[action]} in ${place}.`;
  const person = await findPerson(db(), userId);
  const access = await getFreshAccess();
  const held = access.findRegistryById(registry.id)?.held;
  if (!person || person.disabled || !held)
    return `Your access to registries is switched off, so you may not ${words[action]} in ${place}. Ask an admin.`;
  const subject = prepareSubject(access, person, ctx.now.getTime());
  const { actions, withheld, expired } = evaluate(
    held.grantsFor(subject, repository),
    held.protections,
    subject,
    repository,
    ctx.now.getTime(),
  );
  if (actions.includes(action)) return null;
  if (withheld.includes(action))
    return `${repository} is protected in ${registry.slug}: only principals that are named there may ${words[action]}. Your own grant does not name you. An admin can, under Access, Protections.`;
  const lost = expired.has(action) ? " The one that you had has expired." : "";
  return `Your role in the console is not enough here: you also need a grant to ${words[action]} in ${place}.${lost} Ask for it under Access, My access.`;
}

const words: Record<DeedAction, string> = { push: "push", delete: "delete" };

async function findUserBehind(ctx: Context): Promise<string | null> {
  const { kind, id } = ctx.principal;
  if (id === null) return null;
  return kind === "api-key" ? findKeyOwner(db(), id) : id;
}

/** Somebody who never had a grant or secret of their own has no row among the principals, but may be in groups. */
function prepareSubject(
  access: AccessSnapshot,
  person: { principalId: string | null; groups: readonly string[]; groupsAt: Date | null },
  nowMs: number,
): AccessSubject {
  const known = person.principalId === null ? null : access.findSubject(person.principalId, nowMs);
  if (known) return known;
  const isFresh = person.groupsAt !== null && nowMs < person.groupsAt.getTime() + groupsLastMs;
  const groups = isFresh ? person.groups.map((name) => access.findPrincipalByName("group", name)) : [];
  const ids = groups.flatMap((group) => (group && !group.disabled ? [group.id] : []));
  return { principalIds: new Set([...ids, signedInId, everyoneId]) };
}
