import type { Db, Tx } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";

export interface SignInUseRow {
  /** Of the secret or the trust rule. */
  id: string;
  kind: "secret" | "trust-rule";
  atMs: number;
  address: string | null;
  agent: string | null;
  count: number;
}

export interface AccessUseRow {
  grantId: string;
  registryId: number;
  principalId: string;
  repository: string;
  action: string;
  atMs: number;
  count: number;
}

const chunk = 2_000;

/**
 * Adds to what is counted, all of it or nothing; what was deleted meanwhile is passed over. Rows in order, so that
 * processes do not lock each other out.
 */
export async function writeUses(db: Db, signIns: SignInUseRow[], accesses: AccessUseRow[]): Promise<void> {
  await withRetry(() =>
    db.$transaction(async (tx) => {
      await writeSecretUse(
        tx,
        signIns.filter(({ kind }) => kind === "secret"),
      );
      await writeTrustUse(
        tx,
        signIns.filter(({ kind }) => kind === "trust-rule"),
      );
      for (let at = 0; at < accesses.length; at += chunk)
        await writeAccessUse(tx, JSON.stringify(accesses.slice(at, at + chunk)));
    }),
  );
}

async function writeSecretUse(tx: Tx, rows: SignInUseRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += chunk) {
    const input = JSON.stringify(rows.slice(at, at + chunk));
    await tx.$executeRaw`
        INSERT INTO secret_use AS known (secret_id, last_used_at, last_address, last_agent, use_count)
        SELECT x.id, to_timestamp(x."atMs" / 1000), x.address, x.agent, x.count
        FROM json_to_recordset(${input}::json) AS x(id uuid, "atMs" float8, address text, agent text, count bigint)
        JOIN access_secret s ON s.id = x.id
        ORDER BY x.id
        ON CONFLICT (secret_id) DO UPDATE SET use_count = known.use_count + excluded.use_count,
          last_used_at = greatest(known.last_used_at, excluded.last_used_at),
          last_address = CASE WHEN excluded.last_used_at >= known.last_used_at THEN excluded.last_address
            ELSE known.last_address END,
          last_agent = CASE WHEN excluded.last_used_at >= known.last_used_at THEN excluded.last_agent
            ELSE known.last_agent END`;
  }
}

async function writeTrustUse(tx: Tx, rows: SignInUseRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.$executeRaw`
      UPDATE trust_rule t SET last_used_at = greatest(t.last_used_at, to_timestamp(x."atMs" / 1000))
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS x(id uuid, "atMs" float8) WHERE t.id = x.id`;
}

async function writeAccessUse(tx: Tx, rows: string): Promise<void> {
  await tx.$executeRaw`
    WITH input AS (
      SELECT x.*, to_timestamp(x."atMs" / 1000) AS at
      FROM json_to_recordset(${rows}::json) AS x("grantId" uuid, "registryId" int, "principalId" uuid,
        repository text, action text, "atMs" float8, count bigint)
      JOIN access_grant g ON g.id = x."grantId"
    ), by_grant AS (
      INSERT INTO grant_use AS known (grant_id, last_used_at, use_count)
      SELECT "grantId", max(at), sum(count) FROM input GROUP BY 1 ORDER BY 1
      ON CONFLICT (grant_id) DO UPDATE SET use_count = known.use_count + excluded.use_count,
        last_used_at = greatest(known.last_used_at, excluded.last_used_at)
    )
    INSERT INTO access_use_day AS known (day, registry_id, principal_id, repository, action, grant_id, use_count,
      last_used_at)
    SELECT (at AT TIME ZONE 'UTC')::date, "registryId", "principalId", repository, action, "grantId", sum(count), max(at)
    FROM input GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 6, 1, 4, 5, 3
    ON CONFLICT (grant_id, day, repository, action, principal_id) DO UPDATE SET
      use_count = known.use_count + excluded.use_count,
      last_used_at = greatest(known.last_used_at, excluded.last_used_at)`;
}
