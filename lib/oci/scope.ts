export type Scope = { type: string; name: string; actions: string[] };

export const catalogScope = "registry:catalog:*";

export function repositoryScope(repository: string, ...actions: ("pull" | "push" | "delete")[]): string {
  return `repository:${repository}:${actions.join(",")}`;
}

/** The name may hold colons: the type ends at the first, the actions begin after the last. */
export function parseScope(text: string): Scope | null {
  const first = text.indexOf(":");
  const last = text.lastIndexOf(":");
  if (first < 1 || last === first) return null;
  const actions = text
    .slice(last + 1)
    .split(",")
    .filter((action) => action !== "");
  return { type: text.slice(0, first), name: text.slice(first + 1, last), actions };
}

export function formatScope(scope: Scope): string {
  return `${scope.type}:${scope.name}:${scope.actions.join(",")}`;
}

/** The scope parameter of a challenge: several scopes are divided by blanks. */
export function splitScopes(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(" ").filter((scope) => scope !== "");
}

/** One canonical list for a set of scopes: actions of one resource united, all sorted. */
export function canonicalScopes(scopes: readonly string[]): string[] {
  if (scopes.length === 1 && scopes[0] !== undefined && !scopes[0].includes(",")) return [scopes[0]];
  const byResource = new Map<string, { scope: Scope; actions: Set<string> }>();
  const odd = new Set<string>();
  for (const text of scopes) {
    const scope = parseScope(text);
    if (scope === null) {
      odd.add(text);
      continue;
    }
    const key = JSON.stringify([scope.type, scope.name]);
    const known = byResource.get(key);
    if (known === undefined) byResource.set(key, { scope, actions: new Set(scope.actions) });
    else for (const action of scope.actions) known.actions.add(action);
  }
  const merged = [...byResource.values()].map(({ scope, actions }) =>
    formatScope({ type: scope.type, name: scope.name, actions: [...actions].sort() }),
  );
  return [...merged, ...odd].sort();
}

/**
 * The scopes to ask a token for: what the challenge names, as long as it stays with the resources that the
 * request is about. A registry must not make us fetch a token for something else.
 */
export function scopesToAsk(challenged: readonly string[], wanted: readonly string[]): string[] {
  if (challenged.length === 0) return canonicalScopes(wanted);
  const resources = new Set(wanted.map((text) => resourceOf(text)));
  const related = challenged.every((text) => resources.has(resourceOf(text)) || isListing(text));
  return canonicalScopes(related ? challenged : wanted);
}

function resourceOf(text: string): string {
  const scope = parseScope(text);
  return scope === null ? text : JSON.stringify([scope.type, scope.name]);
}

/** zot asks for a scope with an empty name when the catalogue is read. */
function isListing(text: string): boolean {
  return text === catalogScope || text === "repository::pull";
}
