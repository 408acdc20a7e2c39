import { createHash } from "node:crypto";
import { db } from "#lib/db/client";
import { isDataRefused } from "#lib/db/database-fault";
import { withRetry } from "#lib/db/with-retry";
import { ingestDenials, type ToldDenial } from "#lib/events/denial-service";
import { log } from "#lib/log/log";
import { getRequestMark } from "#lib/registries/request-mark";
import { cleanText } from "#lib/tokens/clean-text";
import { FlushLoop } from "#lib/tokens/flush-loop";
import { describeDenial } from "#lib/tokens/rules-denial";
import type { DenialReason } from "#lib/tokens/schema";
import { type DenialRow, type DenialTotal, writeDenials } from "#lib/tokens/store-denials";

export interface Denial {
  reason: DenialReason;
  registry: { id: number; slug: string } | null;
  /** Who asked, where the credentials were right. */
  principal: { id: string; kind: string; name: string } | null;
  /** A name that we know; never what somebody typed: people type secrets into the wrong field. */
  account: KnownAccount | null;
  type: string | null;
  repository: string | null;
  actions: readonly string[];
  address: string | null;
  agent: string | null;
  atMs: number;
}

export interface KnownAccount {
  kind: "robot" | "workload" | "user";
  name: string;
}

/** Different refusals that wait for the next write; those on top are told by who and why alone. */
const maxWaiting = 2_000;
/** New rows an hour and process; after that, too, only who and why are kept apart. */
const maxNewRowsAnHour = 20_000;
const hourMs = 3_600_000;

interface Waiting {
  denial: Denial;
  count: number;
  firstMs: number;
  lastMs: number;
}

let waiting = new Map<string, Waiting>();
let keptApart = new Set<string>();
let keptApartHour = 0;

/** Half a second, so that a refusal is on screen within one. */
const loop = new FlushLoop("refusals", 500, () => {
  const batch = waiting;
  waiting = new Map();
  return write(batch);
});

async function write(batch: ReadonlyMap<string, Waiting>): Promise<void> {
  try {
    const mark = await getRequestMark();
    const told = [...batch].filter(([, { denial }]) => !isOwnCheck(denial, mark));
    const byKey = new Map(told.map(([key, { denial }]) => [key, denial]));
    const rows = told.map(([key, entry]) => prepareRow(key, entry));
    // One transaction: what is tried again must not be counted by one of the two already.
    await withRetry(() =>
      db().$transaction(async (tx) => {
        const totals = await writeDenials(tx, rows);
        await ingestDenials(
          tx,
          totals.flatMap((total) => {
            const denial = byKey.get(total.foldKey);
            return denial?.registry ? [prepareToldDenial(denial, denial.registry.id, total)] : [];
          }),
        );
      }),
    );
  } catch (error) {
    if (isDataRefused(error)) return writeWithoutBad(batch);
    for (const [key, entry] of batch) keepWaiting(key, entry);
    throw error;
  }
}

/** What Postgres takes from nobody must not hold up the rest, so it is looked for by halves and given up. */
async function writeWithoutBad(batch: ReadonlyMap<string, Waiting>): Promise<void> {
  if (batch.size <= 1) {
    log.error({ refusals: batch.size }, "a refusal cannot be written and is dropped");
    return;
  }
  const entries = [...batch];
  const middle = Math.ceil(entries.length / 2);
  const halves = [entries.slice(0, middle), entries.slice(middle)];
  const written = await Promise.allSettled(halves.map((half) => write(new Map(half))));
  for (const half of written) if (half.status === "rejected") throw half.reason;
}

/** Notes a refusal; costs no wait. Equal ones of an hour are counted in one row. */
export function recordTokenDenial(denial: Denial): void {
  const hour = Math.floor(denial.atMs / hourMs);
  if (hour !== keptApartHour) {
    keptApartHour = hour;
    keptApart = new Set();
  }
  let told = denial;
  let key = keyOf(hour, told);
  const isNew = !keptApart.has(key);
  if (isNew && (waiting.size >= maxWaiting || keptApart.size >= maxNewRowsAnHour)) {
    told = {
      ...denial,
      account: null,
      type: null,
      repository: null,
      actions: [],
      address: null,
      agent: null,
    };
    key = keyOf(hour, told);
  } else if (isNew) keptApart.add(key);
  keepWaiting(key, { denial: told, count: 1, firstMs: denial.atMs, lastMs: denial.atMs });
  loop.wake();
}

function keepWaiting(key: string, entry: Waiting): void {
  const known = waiting.get(key);
  if (known === undefined) {
    waiting.set(key, entry);
    return;
  }
  known.count += entry.count;
  known.firstMs = Math.min(known.firstMs, entry.firstMs);
  known.lastMs = Math.max(known.lastMs, entry.lastMs);
}

/** The check of enforcement asks to be refused: that is nobody's failure. */
function isOwnCheck({ principal, agent }: Denial, mark: string): boolean {
  return principal === null && agent?.includes(mark) === true;
}

/** For the end of a process, and for tests. */
export function flushTokenDenials(): Promise<void> {
  return loop.flush();
}

function keyOf(hour: number, { reason, registry, principal, ...denial }: Denial): string {
  const { account, type, repository, actions, address, agent } = denial;
  const parts = [
    hour,
    reason,
    registry?.id,
    principal?.id,
    account?.name ?? null,
    type,
    repository,
    actions,
    address,
    agent,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

function prepareToldDenial(denial: Denial, registryId: number, total: DenialTotal): ToldDenial {
  const { principal, reason, type, repository, actions, address, agent } = denial;
  const who = principal === null ? null : `${principal.kind}:${principal.name}`;
  const detail = describeDenial({
    reason,
    who,
    registry: denial.registry?.slug ?? null,
    type,
    repository,
    actions,
  });
  return {
    ...total,
    registryId,
    reason,
    actor: who ?? (denial.account && `${denial.account.kind}:${denial.account.name}`),
    signedIn: principal !== null,
    repository: type === "repository" ? repository : null,
    actions,
    address,
    agent: cleanText(agent, 200),
    detail,
  };
}

function prepareRow(foldKey: string, { denial, count, firstMs, lastMs }: Waiting): DenialRow {
  const { reason, registry, principal, type, repository, actions } = denial;
  const who = principal === null ? null : `${principal.kind}:${principal.name}`;
  return {
    foldKey,
    registryId: registry?.id ?? null,
    principalId: principal?.id ?? null,
    account: cleanText(denial.account?.name ?? null, 100),
    type,
    repository,
    actions: [...actions],
    address: denial.address,
    agent: cleanText(denial.agent, 200),
    reason,
    detail: describeDenial({ reason, who, registry: registry?.slug ?? null, type, repository, actions }),
    count,
    firstMs,
    lastMs,
  };
}
