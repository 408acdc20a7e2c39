import { setTimeout as delay } from "node:timers/promises";
import { createSystemContext } from "#lib/auth/context";
import { getSync, startSync } from "#lib/inventory/sync-service";
import { StartFault } from "../stack/start-fault.ts";

/** Has a registry crawled from here on and waits until that succeeded. A crawl under way is waited for first. */
export async function waitForCrawl(slug: string, timeoutMs = 300_000): Promise<void> {
  const begunAt = Date.now();
  const end = begunAt + timeoutMs;
  let failures = 0;
  for (;;) {
    const ctx = createSystemContext("demo");
    const sync = await getSync(ctx, slug);
    const isCurrent = sync.startedAt !== null && new Date(sync.startedAt).getTime() >= begunAt;
    if (isCurrent && sync.state === "succeeded") return;
    const isActive = ["queued", "running", "stopping"].includes(sync.state);
    if (isCurrent && sync.state === "failed" && ++failures > 3) {
      throw new StartFault(`The crawl of the sample fleet failed: ${sync.error ?? "see the worker's log"}`);
    }
    if (Date.now() > end)
      throw new StartFault("The crawl of the sample fleet takes too long: see the worker's log.");
    if (!isActive) await startSync(ctx, slug, {});
    await delay(250);
  }
}
