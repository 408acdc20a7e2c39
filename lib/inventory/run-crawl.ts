import { createSystemContext } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { crawlRegistry } from "#lib/inventory/crawl";
import { claimRun, findRunState, finishRun, RunLostError, type RunRow } from "#lib/inventory/store-crawl";
import { pruneRuns, recordRunEnd } from "#lib/inventory/store-sync";
import { enqueueRun } from "#lib/inventory/sync-service";
import { log } from "#lib/log/log";
import { isRegistryError, type RegistryError } from "#lib/oci/errors";
import { openRegistryClient } from "#lib/registries/open-client";
import { recordRegistryState } from "#lib/registries/service";
import { learnRegistry } from "#lib/registries/test-service";

const watchMs = 1_000;
const keptRuns = 50;

/**
 * Works on a run until it ends. Safe to call twice for the same run: whoever claims it last writes, the other one
 * notices and leaves. `shutdown` puts it back into the queue for another worker.
 */
export async function runCrawl(runId: number, shutdown: AbortSignal): Promise<void> {
  const run = await claimRun(runId);
  if (run === null) return;
  const stop = new AbortController();
  const abort = () => stop.abort();
  shutdown.addEventListener("abort", abort, { once: true });
  const watch = setInterval(() => void stopWhenAsked(run, stop), watchMs);
  try {
    await crawlAndFinish(run, stop);
    await learnCapabilities(run);
  } catch (error) {
    if (shutdown.aborted) await enqueueRun(db(), run);
    else await endBadly(run, error);
  } finally {
    clearInterval(watch);
    shutdown.removeEventListener("abort", abort);
  }
}

async function crawlAndFinish(run: RunRow, stop: AbortController): Promise<void> {
  let requests = 0;
  const client = await openRegistryClient(run.registryId, {
    onRequest: () => {
      requests += 1;
    },
  });
  try {
    const { incomplete } = await crawlRegistry({
      run,
      client,
      signal: stop.signal,
      abort: () => stop.abort(),
      countRequests: () => requests,
    });
    await db().$transaction(async (tx) => {
      const total = run.requests + requests;
      const ours = await finishRun(tx, run, "succeeded", { incomplete, requests: total, phase: "done" });
      if (!ours) return;
      await recordRunEnd(tx, run.registryId, run.kind, new Date());
      await recordRegistryState(tx, run.registryId, "ok", null, new Date());
      await pruneRuns(tx, run.registryId, keptRuns);
    });
  } finally {
    await client.close();
  }
}

/** What a registry can do is asked when it has been read; a deletion says then what will happen. */
async function learnCapabilities(run: RunRow): Promise<void> {
  try {
    await learnRegistry(createSystemContext("crawl"), run.registryId);
  } catch (error) {
    log.warn({ name: error instanceof Error ? error.name : "unknown" }, "a registry could not be tested");
  }
}

async function stopWhenAsked(run: RunRow, stop: AbortController): Promise<void> {
  try {
    if ((await findRunState(run)) !== "running") stop.abort();
  } catch (error) {
    log.warn({ name: error instanceof Error ? error.name : "unknown" }, "a run could not be watched");
  }
}

async function endBadly(run: RunRow, error: unknown): Promise<void> {
  const state = await findRunState(run);
  if (state === "stopping") {
    await finishRun(db(), run, "stopped", {});
    return;
  }
  if (state !== "running" || error instanceof RunLostError) return;
  // Not the registry's fault: the queue tries again, and the run goes on where it was.
  if (!isRegistryError(error) || error.kind === "aborted") throw error;
  await fail(run, error);
}

async function fail(run: RunRow, error: RegistryError): Promise<void> {
  await db().$transaction(async (tx) => {
    const ours = await finishRun(tx, run, "failed", { error: error.message });
    if (ours && run.kind !== "repository")
      await recordRegistryState(tx, run.registryId, "failing", error.message, new Date());
  });
}
