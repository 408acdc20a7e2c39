import { setTimeout as delay } from "node:timers/promises";
import { isWriteConflict } from "#lib/db/database-fault";

const stepMs = 20;

/** Runs a transaction again when Postgres gave it up in favour of another one. */
export async function withRetry<T>(work: () => Promise<T>, attempts = 4): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !isWriteConflict(error)) throw error;
      // Apart, so that the same two do not meet again.
      await delay(stepMs * attempt * Math.random());
    }
  }
}
