// npm run audit:verify [-- --checkpoints <file>]: whether the audit is as it was written. Exit code 1 when it is not.
import { parseArgs } from "node:util";
import { findCheckpointFile, readCheckpoints } from "#lib/audit/checkpoint-file";
import { verifyChain } from "#lib/audit/verify-chain";
import { db } from "#lib/db/client";
import { findRunningDatabase } from "./stack/find-running-database.ts";
import { loadSettings } from "./stack/load-settings.ts";
import { StartFault } from "./stack/start-fault.ts";

async function run(): Promise<number> {
  const { values } = parseArgs({ options: { checkpoints: { type: "string" } } });
  const settings = loadSettings();
  findRunningDatabase(settings);
  const file = values.checkpoints ?? findCheckpointFile(settings.home);
  const { checkpoints, unknownKeys, broken } = await readCheckpoints(file);
  const faults = [
    ...broken.map((line) => `${file}, line ${line}: this is no checkpoint of ours, or it was changed.`),
    ...unknownKeys.map(
      ({ line, keyId }) =>
        `${file}, line ${line}: signed under the master key ${keyId}. Give it in WHARFINGER_MASTER_KEY_PREVIOUS.`,
    ),
  ];
  for (const fault of faults) console.error(fault);
  const { length, checkpoints: compared, problem } = await verifyChain(db(), checkpoints);
  if (problem) console.error(`${problem.text} The ${length} links before agree.`);
  else
    console.log(`${length} audit rows agree with their chain, and the chain with ${compared} checkpoints.`);
  if (checkpoints.length === 0)
    console.log(
      `No checkpoint was read from ${file}: the chain alone does not show that it was not written anew.`,
    );
  return problem || faults.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await run();
  await db().$disconnect();
} catch (error) {
  console.error(
    error instanceof StartFault
      ? error.message
      : "The audit could not be read: the database does not answer, or has not been migrated. Start the console (npm start), then run this again.",
  );
  process.exit(1);
}
