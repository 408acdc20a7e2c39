import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { type ConsoleUnderTest, getConsole, getDatabaseUrl } from "./console-under-test.ts";
import { type Identity, seedIdentities } from "./identities.ts";
import { seedTenant, type Tenant } from "./tenants.ts";
import { type AnswerValidator, createAnswerValidator } from "./validate-answer.ts";

/** Everything that a test of the running console stands on. */
export interface Stage {
  console: ConsoleUnderTest;
  /** The origin that the console takes for its own. */
  origin: string;
  database: Client;
  validator: AnswerValidator;
  alpha: Tenant;
  beta: Tenant;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const console = getConsole();
  const database = new Client({ connectionString: getDatabaseUrl() });
  await database.connect();
  await database.query("DELETE FROM rate_limit");
  // The small registries listen on loopback, which the console reaches only where an admin allowed it.
  await database.query(
    `INSERT INTO allowed_network (cidr, reason, created_by_name) VALUES ('127.0.0.0/8', 'tests', 'tests'), ('::1/128', 'tests', 'tests')
     ON CONFLICT (cidr) DO NOTHING`,
  );
  const validator = await createAnswerValidator(console);
  const alpha = await seedTenant(database, "alpha");
  const beta = await seedTenant(database, "beta");
  return {
    console,
    origin: new URL(validator.document.servers[0]?.url ?? console.url).origin,
    database,
    validator,
    alpha,
    beta,
    close: async () => {
      await database.query("UPDATE registry SET disconnected_at = now() WHERE id = ANY($1)", [
        [alpha.id, beta.id],
      ]);
      await alpha.registry.stop();
      await beta.registry.stop();
      await database.end();
    },
  };
}

export function openIdentities(stage: Stage): Promise<Identity[]> {
  return seedIdentities(stage.database, stage.console, stage.origin, stage);
}

export function randomWord(): string {
  return randomBytes(5).toString("hex");
}
