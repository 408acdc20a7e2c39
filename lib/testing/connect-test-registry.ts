import type { z } from "zod";
import { type Context, createSystemContext } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { runCrawl } from "#lib/inventory/run-crawl";
import { startSync } from "#lib/inventory/sync-service";
import { connectRegistry } from "#lib/registries/connection-service";
import { allowNetwork } from "#lib/registries/networks-service";
import { connectRegistryBody } from "#lib/registries/schema";

export const testContext: Context = createSystemContext("test");

/** Connects a registry on loopback to the console of this test file, without a schedule. */
export async function connectTestRegistry(
  slug: string,
  url: string,
  more: Partial<z.input<typeof connectRegistryBody>> = {},
): Promise<number> {
  const allowed = await db().allowedNetwork.count();
  if (allowed === 0)
    for (const cidr of ["127.0.0.0/8", "::1/128"]) await allowNetwork(testContext, { cidr, reason: "test" });
  await connectRegistry(testContext, connectRegistryBody.parse({ slug, url, syncEveryMinutes: 0, ...more }));
  const row = await db().registry.findUniqueOrThrow({ where: { slug } });
  return row.id;
}

/** Reads a registry now, in this process, and returns the run as it ended. */
export async function crawlNow(slug: string, kind: "full" | "sweep" = "full") {
  await startSync(testContext, slug, { kind });
  const run = await db().syncRun.findFirstOrThrow({ where: { registry: { slug } }, orderBy: { id: "desc" } });
  await runCrawl(Number(run.id), new AbortController().signal);
  return db().syncRun.findUniqueOrThrow({ where: { id: run.id } });
}
