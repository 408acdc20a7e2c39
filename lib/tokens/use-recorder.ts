import { db } from "#lib/db/client";
import { cleanText } from "#lib/tokens/clean-text";
import { FlushLoop } from "#lib/tokens/flush-loop";
import type { AccessUse } from "#lib/tokens/rules-decision";
import { type AccessUseRow, type SignInUseRow, writeUses } from "#lib/tokens/store-use";

export interface TokenUse {
  registryId: number;
  /** The built-in everyone for who did not sign in. */
  principalId: string;
  secretId: string | null;
  trustRuleId: string | null;
  uses: readonly AccessUse[];
  address: string | null;
  agent: string | null;
  atMs: number;
}

/** More than this waits for no write: what comes on top is counted only where it is waiting already. */
const maxWaiting = 50_000;

let signIns = new Map<string, SignInUseRow>();
let accesses = new Map<string, AccessUseRow>();

/**
 * Use is counted in memory and written every few seconds: a process that is killed loses what it counted since,
 * seconds of "last used", and nothing that decides about access.
 */
const loop = new FlushLoop("use of access", 5_000, async () => {
  const [writtenSignIns, writtenAccesses] = [signIns, accesses];
  signIns = new Map();
  accesses = new Map();
  try {
    const cleaned = [...writtenSignIns.values()].map((row) => ({ ...row, agent: cleanText(row.agent, 200) }));
    await writeUses(db(), cleaned, [...writtenAccesses.values()]);
  } catch (error) {
    for (const [key, row] of writtenSignIns) addSignIn(key, row);
    for (const [key, row] of writtenAccesses) addAccess(key, row);
    throw error;
  }
});

/** Notes that a token was issued; costs no wait. */
export function recordTokenUse(use: TokenUse): void {
  const { secretId, trustRuleId, registryId, principalId, atMs } = use;
  const id = secretId ?? trustRuleId;
  if (id !== null)
    addSignIn(id, {
      id,
      kind: secretId === null ? "trust-rule" : "secret",
      atMs,
      address: use.address,
      agent: use.agent,
      count: 1,
    });
  for (const { grantId, repository, action } of use.uses)
    addAccess(`${grantId}${principalId}${action} ${repository}`, {
      grantId,
      registryId,
      principalId,
      repository,
      action,
      atMs,
      count: 1,
    });
  loop.wake();
}

/** For the end of a process, and for tests. */
export function flushTokenUse(): Promise<void> {
  return loop.flush();
}

function addSignIn(key: string, row: SignInUseRow): void {
  const known = signIns.get(key);
  if (known === undefined) {
    if (signIns.size < maxWaiting) signIns.set(key, row);
    return;
  }
  known.count += row.count;
  if (row.atMs < known.atMs) return;
  known.atMs = row.atMs;
  known.address = row.address;
  known.agent = row.agent;
}

function addAccess(key: string, row: AccessUseRow): void {
  const known = accesses.get(key);
  if (known === undefined) {
    if (accesses.size < maxWaiting) accesses.set(key, row);
    return;
  }
  known.count += row.count;
  known.atMs = Math.max(known.atMs, row.atMs);
}
