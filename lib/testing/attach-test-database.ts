import { afterAll, beforeAll } from "vitest";
import { type Db, db } from "#lib/db/client";
import { createTestDatabase, type TestDatabase } from "#lib/testing/test-database";

const secrets = {
  WHARFINGER_MASTER_KEY: "unit-Kf3vQz8mYtR1xWc7LpNs0aHdJe5uGbTo",
  WHARFINGER_SESSION_SECRET: "unit-Zp9rXw2nVkB6yMt4QcHs8dLfJa1eGuRo",
};

/**
 * Gives the test file a migrated database of its own behind db(), and the secrets that the services need. Vitest
 * isolates files, so the environment of one file is not another's.
 */
export function attachTestDatabase(): { db: () => Db } {
  let database: TestDatabase | null = null;
  beforeAll(async () => {
    database = await createTestDatabase();
    process.env.DATABASE_URL = database.url;
    Object.assign(process.env, secrets);
  });
  afterAll(async () => {
    await db().$disconnect();
    await database?.drop();
  });
  return { db };
}
