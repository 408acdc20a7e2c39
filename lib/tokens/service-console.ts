import type { AccessAction } from "#lib/grants/schema";
import { NotFoundError } from "#lib/http/errors";
import { repositoryProblem } from "#lib/oci/reference";
import { getFreshAccess } from "#lib/tokens/access-gate";
import type { GrantedAccess } from "#lib/tokens/rules-decision";
import { parseScopes } from "#lib/tokens/rules-scope";
import { ensureSigningKey } from "#lib/tokens/service-keys";
import { signCurrent } from "#lib/tokens/service-sign";
import { tokenLifeSeconds } from "#lib/tokens/sign-token";

export interface ConsoleToken {
  token: string;
  expiresInMs: number;
}

/**
 * A token for the console itself, made without asking anybody: whatever registries know. What the console does in
 * somebody's name is judged by that person's grants before it is done.
 */
export async function issueConsoleToken(
  registryId: number,
  scopes: readonly string[],
): Promise<ConsoleToken> {
  const parsed = parseScopes(scopes);
  return issueFor(registryId, "built-in:console", parsed.ok ? parsed.resources.flatMap(grantKnown) : []);
}

/** A rightly signed token that allows nothing: with it a registry that keeps to grants must refuse everything. */
export function issueStrangerToken(registryId: number): Promise<ConsoleToken> {
  return issueFor(registryId, "built-in:stranger", []);
}

async function issueFor(
  registryId: number,
  subject: string,
  access: readonly GrantedAccess[],
): Promise<ConsoleToken> {
  let snapshot = await getFreshAccess();
  if (snapshot.findCurrentKey(registryId) === null && snapshot.findRegistryById(registryId) !== null) {
    await ensureSigningKey(registryId);
    snapshot = await getFreshAccess();
  }
  const registry = snapshot.findRegistryById(registryId);
  const key = snapshot.findCurrentKey(registryId);
  if (registry === null || key === null)
    throw new NotFoundError("This registry does not exist, or is disconnected.");
  const { token, issuedAtSeconds } = await signCurrent(key, registry, subject, access);
  return { token, expiresInMs: (issuedAtSeconds + tokenLifeSeconds) * 1000 - Date.now() };
}

const actions: readonly AccessAction[] = ["pull", "push", "delete"];

function grantKnown({
  type,
  name,
  actions: asked,
}: {
  type: string;
  name: string;
  actions: readonly string[];
}) {
  const known: GrantedAccess[] = [];
  if (type === "registry" && name === "catalog" && asked.includes("*"))
    known.push({ type, name, actions: ["*"] });
  if (type === "repository" && (name === "" || repositoryProblem(name) === null)) {
    const held = actions.filter((action) => asked.includes(action) && (name !== "" || action === "pull"));
    if (held.length > 0) known.push({ type, name, actions: held });
  }
  return known;
}
