import { randomBytes } from "node:crypto";
import type { Enforcement, EnforcementCheck } from "#lib/enforcement/schema";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { findFreePort } from "../../scripts/stack/ports.ts";
import { callApi } from "./call-api.ts";
import { stack } from "./stack.ts";

export interface EnforcedRegistry extends TestRegistry {
  slug: string;
}

/**
 * A real registry that asks the console of the journeys who may do what, put behind it as an operator does: connected
 * with its notifications, given the files and the configuration of its enforcement page, turned on, checked.
 */
export async function startEnforcedRegistry(word = "grants"): Promise<EnforcedRegistry> {
  const slug = `${word}-${randomBytes(3).toString("hex")}`;
  const port = await findFreePort();
  await callApi("/api/v1/registries", {
    method: "POST",
    body: { slug, url: `http://localhost:${port}`, sync: false, syncEveryMinutes: 0 },
  });
  const path = `/api/v1/registries/${slug}`;
  const { secret } = await callApi<{ secret: string }>(`${path}/ingest-secret`, { method: "POST", body: {} });
  const { realm, service, issuer, setup } = await callApi<Enforcement>(`${path}/enforcement`);
  const content = setup.find((one) => one.tokenMode === "certificate")?.files[0]?.content ?? "";
  await callApi(`${path}/enforcement`, { method: "PATCH", body: { state: "on", tokenMode: "certificate" } });
  const registry = await startTestRegistry({
    port,
    tokens: { realm, service, issuer, file: { kind: "certificate", content } },
    notificationsTo: { url: `${stack.url}/api/ingest/distribution`, secret },
  });
  const check = await callApi<EnforcementCheck>(`${path}/enforcement/check`, { method: "POST" });
  if (check.seen !== "on") throw new Error(`Enforcement is ${check.seen}: ${JSON.stringify(check.steps)}`);
  return { ...registry, slug };
}
