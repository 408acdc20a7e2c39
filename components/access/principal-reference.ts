import type { PrincipalShown } from "#lib/grants/schema";
import type { PrincipalKind } from "#lib/principals/schema";

export const kindWords: Record<PrincipalKind, string> = {
  user: "person",
  group: "group",
  robot: "robot",
  workload: "workload",
  "built-in": "anybody",
};

/** What a principal is for, in a line. */
export const kindMeanings: Record<PrincipalKind, string> = {
  user: "somebody who signs in here",
  group: "people whom the identity provider puts in it",
  robot: "a pipeline that publishes",
  workload: "a runtime that pulls",
  "built-in": "everyone, or everyone who signs in",
};

/** How bodies and addresses name a principal: `robot:ci`, `user:alice`, `everyone`. */
export function formatPrincipalReference(principal: Pick<PrincipalShown, "kind" | "name">): string {
  return principal.kind === "built-in" ? principal.name : `${principal.kind}:${principal.name}`;
}

/** The parts of a reference; null when it is none. */
export function parsePrincipalReference(text: string): Pick<PrincipalShown, "kind" | "name"> | null {
  if (text === "everyone" || text === "signed-in") return { kind: "built-in", name: text };
  const colon = text.indexOf(":");
  const kind = text.slice(0, colon);
  const name = text.slice(colon + 1);
  if (colon === -1 || name === "") return null;
  if (kind === "user" || kind === "group" || kind === "robot" || kind === "workload") return { kind, name };
  return null;
}

/** A name as it stands in a sentence: everyone, whoever signs in, or the name itself. */
export function describePrincipal(principal: Pick<PrincipalShown, "kind" | "name">): string {
  if (principal.kind !== "built-in") return principal.name;
  return principal.name === "signed-in" ? "everyone who signs in" : principal.name;
}

export function principalHref(id: string): string {
  return `/access/principals/${encodeURIComponent(id)}`;
}
