import { existsSync, readFileSync } from "node:fs";
import { countPendingMigrations, pingStore } from "#lib/health/store";

export interface Readiness {
  ready: boolean;
  checks: { name: "database" | "migrations" | "sample-fleet"; ok: boolean; detail: string }[];
}

/** Ready: the database answers, every migration is applied and, in the demo, the sample fleet stands. */
export async function getReadiness(): Promise<Readiness> {
  const checks: Readiness["checks"] = [];
  const database = await pingStore();
  checks.push({
    name: "database",
    ok: database,
    detail: database ? "The database answers." : "The database does not answer.",
  });
  const pending = database ? await countPendingMigrations() : null;
  checks.push({
    name: "migrations",
    ok: pending === 0,
    detail: pending === 0 ? "All migrations are applied." : `Migrations to apply: ${pending ?? "unknown"}.`,
  });
  const readyFile = process.env.WHARFINGER_READY_FILE;
  if (readyFile) {
    const ok = existsSync(readyFile);
    checks.push({
      name: "sample-fleet",
      ok,
      detail: ok
        ? readFileSync(readyFile, "utf8").slice(0, 200) || "The sample fleet stands."
        : "The sample fleet is still being pushed and crawled.",
    });
  }
  return { ready: checks.every((check) => check.ok), checks };
}
