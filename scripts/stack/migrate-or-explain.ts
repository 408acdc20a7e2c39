import { FailedMigrationError, type MigrationResult, migrateDatabase } from "#lib/db/migrate";
import { codeOf, messageOf, StartFault } from "./start-fault.ts";

const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ECONNRESET",
]);

/** Migrates, and turns what can go wrong with a given database into one sentence. */
export async function migrateOrExplain(
  url: string,
  report: (line: string) => void,
): Promise<MigrationResult> {
  const { hostname, port, pathname, username } = new URL(url);
  const place = `${hostname}:${port || 5432}`;
  try {
    const result = await migrateDatabase(url);
    for (const name of result.edited)
      report(`Warning: the migration ${name} was changed after it was applied`);
    return result;
  } catch (error) {
    if (error instanceof FailedMigrationError) throw new StartFault(error.message);
    const code = codeOf(error) || codeOfFirst(error);
    const name = decodeURIComponent(pathname.slice(1));
    if (unreachable.has(code) || /timeout|terminated/i.test(messageOf(error))) {
      throw new StartFault(
        `The database at ${place} (DATABASE_URL) cannot be reached (${code || messageOf(error)}).`,
      );
    }
    if (code === "28P01" || code === "28000") {
      throw new StartFault(`The database at ${place} (DATABASE_URL) refuses the user ${username}.`);
    }
    if (code === "3D000")
      throw new StartFault(`There is no database ${name} at ${place} (DATABASE_URL): create it.`);
    if (code === "42501") {
      throw new StartFault(
        `The user ${username} of DATABASE_URL may not create tables in the database ${name}.`,
      );
    }
    if (code === "53100")
      throw new StartFault(`The disk of the database at ${place} (DATABASE_URL) is full.`);
    throw new StartFault(
      `The database at ${place} (DATABASE_URL) could not be migrated: ${messageOf(error)}.`,
    );
  }
}

// A host with two addresses fails with both reasons in one error.
function codeOfFirst(error: unknown): string {
  return error instanceof AggregateError ? codeOf(error.errors[0]) : "";
}
