import type { Client } from "pg";

// What a refused call may leave behind: a denied row in the audit, and marks of when somebody was last here.
const columnsApart: Record<string, string[]> = {
  session: ["last_seen_at"],
  api_key: ["last_used_at"],
};
const rowsApart: Record<string, string> = {
  audit_event: "outcome <> 'denied'",
  // Made when a process first asks a registry for something, whatever becomes of the call.
  setting: "key <> 'request-mark'",
};
// The chain follows the rows of the audit, those of refusals too.
const chain = ["audit_link", "audit_chain_head"];
const tablesApart = new Set(["rate_limit", "worker_heartbeat", "_prisma_migrations", ...chain]);

/** A checksum for each table, to tell that a refused call changed nothing; queued jobs count as a table. */
export async function readTableChecksums(database: Client): Promise<Record<string, string>> {
  const tables = await database.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND (n.nspname = 'public' OR (n.nspname = 'graphile_worker' AND c.relname = '_private_jobs'))
     ORDER BY 1, 2`,
  );
  const parts = tables.rows
    .filter((table) => !tablesApart.has(table.name))
    .map(({ schema, name }) => {
      const apart = columnsApart[name] ?? [];
      const row =
        apart.length === 0 ? "t" : apart.reduce((sql, column) => `(${sql} - '${column}')`, "to_jsonb(t)");
      // A sum of hashes does without a sort: the matrix asks for all of this hundreds of times.
      return `SELECT '${name}' AS name, count(*) || ':' || coalesce(sum(hashtextextended((${row})::text, 0)), 0) AS sum
              FROM "${schema}"."${name}" t WHERE ${rowsApart[name] ?? "TRUE"}`;
    });
  const sums = await database.query<{ name: string; sum: string }>(parts.join(" UNION ALL "));
  return Object.fromEntries(sums.rows.map((row) => [row.name, row.sum]));
}
