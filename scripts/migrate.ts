// Brings the database of DATABASE_URL to the state of prisma/migrations: node scripts/migrate.ts

import { migrateOrExplain } from "./stack/migrate-or-explain.ts";
import { messageOf } from "./stack/start-fault.ts";

const url = process.env.DATABASE_URL;
try {
  if (!url) throw new Error("DATABASE_URL must be set to the address of the database to migrate.");
  const { applied } = await migrateOrExplain(url, console.log);
  console.log(applied.length === 0 ? "Nothing to apply." : `Applied ${applied.join(", ")}.`);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
