import { isPlainText } from "#lib/auth/is-plain-text";
import type { AccessSecret, PrincipalKind } from "#lib/principals/schema";

const dayMs = 24 * 3_600_000;

/** From so many days before its end on, a secret is expiring; its notices are given 14, 7 and 1 days before. */
export const noticeDays = [14, 7, 1] as const;

/** Nobody needs more at once, and a list of them stays readable. */
export const mostSecrets = 20;

export interface SecretTimes {
  expiresAt: Date | null;
  revokedAt: Date | null;
}

export function evaluateSecretState({ expiresAt, revokedAt }: SecretTimes, now: Date): AccessSecret["state"] {
  if (revokedAt) return "revoked";
  if (!expiresAt) return "live";
  if (expiresAt <= now) return "expired";
  return evaluateNotice(expiresAt, now) === null ? "live" : "expiring";
}

/** The latest notice that is due: 14, 7 or 1, or null when it is too early for any. */
export function evaluateNotice(expiresAt: Date, now: Date): (typeof noticeDays)[number] | null {
  const left = expiresAt.getTime() - now.getTime();
  return noticeDays.findLast((days) => left <= days * dayMs) ?? null;
}

/** Only what signs in by itself has secrets and trust rules that others make for it. */
export function signsInByItself(kind: PrincipalKind): boolean {
  return kind === "robot" || kind === "workload";
}

export type PrincipalReference =
  | { by: "id"; id: string }
  | { by: "name"; kind: Exclude<PrincipalKind, "built-in">; name: string }
  | { by: "built-in"; name: "everyone" | "signed-in" };

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `robot:ci`, `workload:web`, `user:alice`, `group:platform`, `everyone`, `signed-in`, or an id. */
export function parsePrincipalReference(text: string): PrincipalReference | null {
  if (text === "everyone" || text === "signed-in") return { by: "built-in", name: text };
  if (uuid.test(text)) return { by: "id", id: text.toLowerCase() };
  // No name holds any, and Postgres takes no NUL.
  if (!isPlainText(text)) return null;
  const colon = text.indexOf(":");
  const kind = text.slice(0, Math.max(0, colon));
  const name = text.slice(colon + 1);
  if (name === "") return null;
  if (kind === "user" || kind === "group" || kind === "robot" || kind === "workload")
    return { by: "name", kind, name };
  return null;
}

/** As a reference is written, and as a token names its subject. */
export function formatPrincipalReference({ kind, name }: { kind: string; name: string }): string {
  return kind === "built-in" ? name : `${kind}:${name}`;
}
