import { flushTokenDenials } from "#lib/tokens/denial-recorder";
import { flushTokenUse } from "#lib/tokens/use-recorder";

/** Writes what was counted of use and refusals and waits in memory; for the end of a process. */
export async function flushTokenRecords(): Promise<void> {
  await Promise.all([flushTokenUse(), flushTokenDenials()]);
}
