import { createHash } from "node:crypto";
import ipaddr from "ipaddr.js";
import { ThrottledError } from "#lib/http/errors";
import { dropPoints, dropStalePoints, refundPoint, takePoint } from "#lib/sessions/store-rate-limit";

/** An account takes ten wrong passwords a minute, whoever sends them: guessing is slow and nobody is locked out. */
export const accountLimit = { points: 10, windowMs: 60_000 };
/** An address takes more, since many people may share it, and waits longer. */
export const addressLimit = { points: 50, windowMs: 600_000 };

export type SignInPass =
  | { ok: true }
  | {
      ok: false;
      retryAfterSeconds: number;
      /** The first refusal of its window: worth an audit row, where a thousand more would only fill the disk. */
      first: boolean;
    };

interface Keys {
  account: string;
  address: string;
}

/** Keys of the counters. A login is hashed: people type passwords into the wrong field. IPv6 counts by its /64. */
export function prepareLimitKeys(login: string, address: string | null): Keys {
  const digest = createHash("sha256").update(login).digest("base64url").slice(0, 32);
  return { account: `sign-in/account/${digest}`, address: `sign-in/address/${widenAddress(address)}` };
}

function widenAddress(address: string | null): string {
  if (!address || !ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  const network = parsed.toByteArray().slice(0, 8);
  return `${ipaddr.fromByteArray([...network, 0, 0, 0, 0, 0, 0, 0, 0]).toString()}/64`;
}

/**
 * Takes a point for one try before the password is looked at, so that a thousand tries at once are counted as a
 * thousand. Give it back with clearSignInPoints when the password was right.
 */
export async function takeSignInPoint(keys: Keys, now: Date): Promise<SignInPass> {
  const address = await takePoint(keys.address, addressLimit.windowMs, now);
  const account = await takePoint(keys.account, accountLimit.windowMs, now);
  const over = [
    { state: address, limit: addressLimit.points },
    { state: account, limit: accountLimit.points },
  ].filter(({ state, limit }) => state.points > limit);
  if (over.length === 0) return { ok: true };
  const waits = over.map(({ state }) => (state.resetsAt.getTime() - now.getTime()) / 1000);
  return {
    ok: false,
    retryAfterSeconds: Math.max(1, Math.ceil(Math.max(...waits))),
    first: over.some(({ state, limit }) => state.points === limit + 1),
  };
}

/** For other places that ask for a password: 429 when too many were wrong. */
export async function requireSignInPoint(keys: Keys, now: Date): Promise<void> {
  const pass = await takeSignInPoint(keys, now);
  if (!pass.ok) throw new ThrottledError(pass.retryAfterSeconds);
}

export async function clearSignInPoints(keys: Keys, now: Date): Promise<void> {
  await dropPoints(keys.account);
  await refundPoint(keys.address);
  await dropStalePoints(new Date(now.getTime() - 3_600_000));
}
