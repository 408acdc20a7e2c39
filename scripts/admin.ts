import { db } from "#lib/db/client";
import { HttpError } from "#lib/http/errors";
import { resetLostAdmin } from "#lib/people/reset-lost-admin";
import { MasterKeyError } from "#lib/secrets/master-key";
import { resealSecrets } from "#lib/secrets/service";
import { findRunningDatabase } from "./stack/find-running-database.ts";
import { loadSettings } from "./stack/load-settings.ts";
import { StartFault } from "./stack/start-fault.ts";

const usage = `npm run admin -- reset [login]   a new password for an admin (login: admin), who is made if missing
npm run admin -- reseal          seal stored secrets with WHARFINGER_MASTER_KEY; the key before it is
                                 expected in WHARFINGER_MASTER_KEY_PREVIOUS. Can be repeated.
`;

/** For whoever runs the machine: what must work when nobody can sign in. */
async function run([command, ...rest]: string[]): Promise<number> {
  if (command === "reset" && rest.length <= 1) {
    const { login, password, created } = await resetLostAdmin(rest[0] ?? "admin");
    console.log(`${created ? "Made" : "Reset"} the admin ${login}. Password: ${password}`);
    console.log("It is not shown again. Sign in and change it.");
    return 0;
  }
  if (command === "reseal" && rest.length === 0) {
    const { resealed, unreadable } = await resealSecrets();
    console.log(`Sealed anew: ${resealed}. Not readable with the keys given: ${unreadable}.`);
    if (unreadable > 0)
      console.error("Give the key that sealed them in WHARFINGER_MASTER_KEY_PREVIOUS and run this again.");
    return unreadable > 0 ? 1 : 0;
  }
  console.error(usage);
  return 2;
}

try {
  findRunningDatabase(loadSettings());
  process.exitCode = await run(process.argv.slice(2));
  await db().$disconnect();
} catch (error) {
  const ours = error instanceof StartFault || error instanceof MasterKeyError || error instanceof HttpError;
  // Any other text might quote the database's address.
  console.error(
    ours
      ? error.message
      : "The database does not answer, or has not been migrated. Start the console (npm start), then run this again.",
  );
  process.exit(1);
}
