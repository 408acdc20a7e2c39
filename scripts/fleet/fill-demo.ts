import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRegistryClient } from "#lib/oci/client";
import { localUrl } from "../stack/local-url.ts";
import { waitForConsole } from "../stack/run-console.ts";
import type { Run } from "../stack/run-to-completion.ts";
import type { Wharfinger } from "../stack/start-wharfinger.ts";
import { pushFleet } from "./push-fleet.ts";
import { ensureSampleAccess } from "./sample-access.ts";
import { waitForCrawl } from "./wait-for-crawl.ts";

/**
 * Fills the demo's registry with the sample fleet, once, waits until the console has it all, and says so to
 * `/api/ready`. The console runs meanwhile and hears of every push.
 */
export async function fillDemo(wharfinger: Wharfinger, run: Run): Promise<void> {
  const { settings, registry } = wharfinger;
  const client = createRegistryClient({
    baseUrl: registry.url,
    credentials: registry.login
      ? { kind: "basic", username: registry.login.user, password: registry.login.password }
      : { kind: "none" },
    // The operator named this registry, or we started it.
    allowedNetworks: ["0.0.0.0/0", "::/0"],
    // The console's public address may be another host than the registry's.
    ...(registry.isEnforced ? { pinnedRealm: settings.baseUrl } : {}),
    userAgent: "wharfinger-sample-fleet",
    connections: 32,
  });
  run.onStop(() => client.close());
  // One memory per registry: another REGISTRY_URL gets its own fleet.
  const mark = createHash("sha256").update(registry.url).digest("hex").slice(0, 12);
  const progressFile = join(settings.home, `fleet-${mark}.json`);
  const reportEvery = createSteps(run.report);
  const { total } = await pushFleet({ client, progressFile, onProgress: reportEvery });
  if (registry.isEnforced) await ensureSampleAccess(registry.slug, registry.login?.user ?? "");
  const crawledFile = `${progressFile}.crawled`;
  if (!existsSync(crawledFile)) {
    run.report("Waiting for the first crawl");
    await waitForCrawl(registry.slug);
    writeFileSync(crawledFile, "");
  }
  writeFileSync(join(settings.home, "demo-ready"), `The sample fleet stands: ${total} pushes.\n`);
  await waitForConsole(localUrl(settings), "/api/ready", 30_000);
}

function createSteps(report: (line: string) => void): (progress: { done: number; total: number }) => void {
  let last = -1;
  return ({ done, total }) => {
    const step = Math.floor((done / total) * 4);
    if (step === last) return;
    last = step;
    report(`Pushing the sample fleet: ${done} of ${total}`);
  };
}
