import { parseScope } from "#lib/oci/scope";

/** What is asked for one resource; scopes that name the same one are merged. */
export interface AskedResource {
  type: string;
  name: string;
  actions: readonly string[];
}

export type ScopeParse = { ok: true; resources: AskedResource[] } | { ok: false; problem: string };

export const maxScopes = 100;
const maxScopeLength = 1_024;

/**
 * Reads the scope parameters of one request: repeated, divided by blanks, or both. The type ends at the first colon,
 * the actions begin after the last one. What has not even that form, is longer than any real scope, or is one of more
 * than a hundred, makes the whole request wrong; what has the form and means nothing is left to the decision.
 */
export function parseScopes(parameters: readonly string[]): ScopeParse {
  const texts: string[] = [];
  for (const parameter of parameters)
    for (const text of parameter.split(" ", maxScopes + 2)) if (text !== "") texts.push(text);
  if (texts.length > maxScopes)
    return { ok: false, problem: `One request asks for at most ${maxScopes} scopes.` };
  const byResource = new Map<string, { type: string; name: string; actions: string[] }>();
  for (const text of texts) {
    if (text.length > maxScopeLength)
      return { ok: false, problem: `A scope has at most ${maxScopeLength} characters.` };
    const scope = parseScope(text);
    if (scope === null)
      return {
        ok: false,
        problem: "A scope is written type:name:actions, as repository:team/api:pull,push.",
      };
    // A type holds no colon, so the two parts cannot be confused with others.
    const key = `${scope.type}:${scope.name}`;
    const known = byResource.get(key);
    if (known === undefined) {
      byResource.set(key, scope);
      if (scope.actions.length > 1) scope.actions = [...new Set(scope.actions)];
    } else {
      for (const action of scope.actions) if (!known.actions.includes(action)) known.actions.push(action);
    }
  }
  return { ok: true, resources: [...byResource.values()] };
}
