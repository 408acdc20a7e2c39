import type { DenialReason } from "#lib/tokens/schema";

export interface DenialFacts {
  reason: DenialReason;
  /** `robot:ci`; null for who did not sign in. */
  who: string | null;
  registry: string | null;
  type: string | null;
  repository: string | null;
  actions: readonly string[];
}

/** Why a token was refused, or left without an action, and what mends it. */
export function describeDenial(facts: DenialFacts): string {
  const who = facts.who ?? "Somebody who did not sign in";
  const place = facts.registry === null ? "" : ` in ${facts.registry}`;
  const deed = joinWords(facts.actions, "and");
  const repository = facts.repository ?? "this repository";
  switch (facts.reason) {
    case "no-grant":
      if (facts.actions.includes("catalog"))
        return `${who} may not list the repositories${place}. A grant of the catalogue lets it.`;
      if (facts.who === null)
        return `${who} may not ${joinWords(facts.actions, "or")} ${repository}${place}. Signing in helps, or for pulling a grant for everyone.`;
      return `${who} has no grant to ${deed} ${repository}${place}. A grant of ${deed} on it, or on a pattern that covers it, lets it.`;
    case "expired-grant":
      return `The grant with which ${who} could ${deed} ${repository}${place} has expired. Give it a later end, or make a new one.`;
    case "protected":
      return `${repository}${place} is protected, and ${who} is not named there. Name it in the protection, or promote the image instead.`;
    case "wrong-credentials":
      return `The name and the secret do not belong together${place}, or there is no such secret.`;
    case "expired-secret":
      return `The secret of ${who} has expired. Make a new one.`;
    case "revoked-secret":
      return `The secret of ${who} was revoked. Make a new one, if it was not meant to end.`;
    case "disabled":
      return `${who} is switched off or deleted. Switch it on again, if it was not meant to end.`;
    case "not-trusted":
      return `No trust rule lets this token in${place}: issuer, audience and subject must match one, and the signature must be right.`;
    case "invalid-scope":
      return facts.type === null
        ? "A kind of resource was asked for that no registry knows; it gets nothing."
        : "A scope names no valid repository, or an action that does not exist; it gets nothing.";
    case "throttled":
      return "Too many wrong credentials came with this name, or from this address. Right ones still pass.";
  }
}

function joinWords(words: readonly string[], link: string): string {
  const last = words.at(-1) ?? "reach";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${link} ${last}`;
}
