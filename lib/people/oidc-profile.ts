import { z } from "zod";
import { isPlainText } from "#lib/auth/is-plain-text";
import { type Role, roles } from "#lib/auth/permissions";
import type { OidcSettings } from "#lib/settings/oidc-settings";

export interface OidcProfile {
  issuer: string;
  subject: string;
  /** What the provider calls them; used to suggest a login, never to find an account. */
  preferredLogin: string;
  name: string;
  email: string | null;
  groups: string[];
}

const claimsSchema = z.object({
  iss: z.string().min(1).max(2000),
  sub: z.string().min(1).max(255).refine(isPlainText),
  name: z.string().optional().catch(undefined),
  preferred_username: z.string().optional().catch(undefined),
  email: z.string().optional().catch(undefined),
});

/** Claims of a verified token as a profile; null when issuer or subject are missing or of another issuer. */
export function readOidcProfile(claims: unknown, settings: OidcSettings): OidcProfile | null {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return null;
  const { iss, sub, name, preferred_username: username, email } = parsed.data;
  if (stripSlash(iss) !== stripSlash(settings.issuer)) return null;
  return {
    issuer: iss,
    subject: sub,
    preferredLogin: (username ?? email?.split("@")[0] ?? sub).slice(0, 200),
    name: cleanText(name ?? username ?? email ?? sub),
    email: email ? cleanText(email) : null,
    groups: readGroups(claims, settings.groupsClaim),
  };
}

function stripSlash(text: string): string {
  return text.replace(/\/$/, "");
}

function cleanText(text: string): string {
  return text.replace(/\p{C}/gu, "").trim().slice(0, 200) || "unnamed";
}

/** The claim may be a list or one string; dots in its name lead into objects, as in realm_access.roles. */
function readGroups(claims: unknown, claim: string): string[] {
  const direct = readKey(claims, claim);
  const value = direct ?? claim.split(".").reduce<unknown>((current, key) => readKey(current, key), claims);
  const list = typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
  const groups = list.filter(
    (group): group is string => typeof group === "string" && group.length <= 256 && isPlainText(group),
  );
  return [...new Set(groups)].slice(0, 1000);
}

function readKey(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** Roles that the groups bring, everywhere. The group `*` in the map stands for everybody. */
export function evaluateGroupRoles(groups: readonly string[], roleMap: OidcSettings["roleMap"]): Role[] {
  const held = new Set(
    roleMap.filter((entry) => entry.group === "*" || groups.includes(entry.group)).map((entry) => entry.role),
  );
  return roles.filter((role) => held.has(role));
}
