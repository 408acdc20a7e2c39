import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "@playwright/test";
import { pushFleet } from "../scripts/fleet/push-fleet.ts";
import { SignInPage } from "./pages/sign-in-page.ts";
import { callApi } from "./parts/call-api.ts";
import { openRegistry } from "./parts/content.ts";
import { people, stateOf, type Who } from "./parts/roles.ts";
import { registrySlug, stack } from "./parts/stack.ts";

interface Sync {
  state: string;
  startedAt: string | null;
  error: string | null;
}

test("prepare: a registry is connected, filled by real pushes and read", async () => {
  for (const cidr of ["127.0.0.0/8", "::1/128"]) {
    const { items } = await callApi<{ items: { cidr: string }[] }>("/api/v1/allowed-networks");
    if (items.some((network) => network.cidr === cidr)) continue;
    await callApi("/api/v1/allowed-networks", {
      method: "POST",
      body: { cidr, reason: "the tests' registry" },
    });
  }
  const { items } = await callApi<{ items: { slug: string }[] }>("/api/v1/registries");
  if (!items.some((registry) => registry.slug === registrySlug)) {
    const { user, password } = stack.consoleLogin;
    await callApi("/api/v1/registries", {
      method: "POST",
      body: {
        slug: registrySlug,
        name: "Pier",
        url: stack.registryUrl,
        credentialKind: "basic",
        username: user,
        secret: password,
        protectedPatterns: ["e2e/protected/**"],
        sync: false,
      },
    });
    const body = { secret: stack.ingestSecret };
    await callApi(`/api/v1/registries/${registrySlug}/ingest-secret`, { method: "POST", body });
  }
  const client = openRegistry();
  const progressFile = test.info().outputPath("fleet.json");
  mkdirSync(dirname(progressFile), { recursive: true });
  rmSync(progressFile, { force: true });
  const lanes = ["base/node", "payments/api", "charts/storefront", "mirror", "policies"];
  await pushFleet({ client, progressFile, lanes });
  await client.close();

  const begunAt = Date.now();
  await callApi(`/api/v1/registries/${registrySlug}/sync`, { method: "POST", body: { kind: "full" } });
  await expect
    .poll(
      async () => {
        const sync = await callApi<Sync>(`/api/v1/registries/${registrySlug}/sync`);
        if (sync.state === "failed") throw new Error(sync.error ?? "The crawl failed.");
        return sync.state === "succeeded" && Date.parse(sync.startedAt ?? "") >= begunAt - 1000;
      },
      { timeout: 120_000, intervals: [300], message: "the registry is read" },
    )
    .toBe(true);
});

for (const [who, person] of Object.entries(people) as [Who, (typeof people)[Who]][]) {
  test(`prepare: ${who} signs in`, async ({ page, context }) => {
    const password = who === "admin" ? stack.adminPassword : await givePassword(person);
    const signIn = new SignInPage(page);
    await signIn.open();
    await signIn.signIn(person.login, password);
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
    await context.storageState({ path: stateOf(who) });
  });
}

async function givePassword(person: (typeof people)[Who]): Promise<string> {
  const query = { q: person.login };
  const found = await callApi<{ items: { id: string; login: string }[] }>("/api/v1/users", { query });
  const known = found.items.find((user) => user.login === person.login);
  if (known) {
    const path = `/api/v1/users/${known.id}/reset-password`;
    return (await callApi<{ password: string }>(path, { method: "POST" })).password;
  }
  const body = { login: person.login, name: person.login, roles: person.roles };
  return (await callApi<{ password: string }>("/api/v1/users", { method: "POST", body })).password;
}
