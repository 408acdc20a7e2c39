import { randomBytes } from "node:crypto";
import { createServer, request as httpRequest } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createTestAuthority } from "#lib/oci/testing/certificates";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { ConnectPage } from "./pages/connect-page.ts";
import { RepositoriesPage } from "./pages/repositories-page.ts";
import { callApi, listAudit, listMoves } from "./parts/call-api.ts";
import { buildWords, nameRepository, openRegistry, pushArtifact, waitForTag } from "./parts/content.ts";
import { stateOf } from "./parts/roles.ts";
import { registrySlug } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

const nameSlug = (word: string) => `${word}-${randomBytes(3).toString("hex")}`;

/** Pushes an image with one tag. */
async function fill(
  registry: TestRegistry,
  repository: string,
  login?: { user: string; password: string },
): Promise<void> {
  const client = openRegistry({ url: registry.url, login });
  await pushArtifact(client, repository, await buildWords({ layers: ["one", repository] }), ["v1"]);
  await client.close();
}

test.describe("2 connect registries", () => {
  test.use({ storageState: stateOf("admin") });
  const running: { stop(): Promise<void> }[] = [];

  test.afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
  });
  const start = async (options: Parameters<typeof startTestRegistry>[0] = {}) => {
    const registry = await startTestRegistry(options);
    running.push(registry);
    return registry;
  };

  test("a registry with a login: tested step by step, connected, read, browsed", async ({ page }) => {
    const login = { user: "reader", password: "a-long-password" };
    const registry = await start({ auth: login });
    await fill(registry, "team/api", login);
    const slug = nameSlug("quay");
    const connect = new ConnectPage(page);
    await connect.open();
    await connect.fill({ url: registry.url, slug, user: "reader", password: "not-the-password" });
    await connect.test();
    await expect(connect.step("Authentication")).toContainText("failed");
    await expect(page.getByText(/^It cannot be used: the step Authentication failed/)).toBeVisible();
    await page.getByLabel("Password").fill("a-long-password");
    await expect(page.getByText("The settings were changed since: test again.")).toBeVisible();
    await connect.test();
    for (const step of ["Resolve", "Connect", "Authentication", "Catalogue"])
      await expect(connect.step(step)).toContainText("ok");
    await expect(connect.step("TLS")).toContainText("plain HTTP");
    await expect(connect.step("Referrers")).toContainText("no referrers API");
    await expect(connect.step("Deletion")).toContainText("cannot delete a single tag by its name");
    await connect.connect();
    await expect(page.getByText("It ended well: the inventory is whole.")).toBeVisible();

    await page.goto(`/registries/${slug}`);
    await expect(page.getByText(/^tested/)).toBeVisible();
    await expect(page.getByRole("main")).not.toContainText("a-long-password");
    const audit = await listAudit({ registry: slug, action: "registry.connect" });
    expect(audit).toHaveLength(1);
    expect(JSON.stringify(audit)).not.toContain("a-long-password");
    const list = new RepositoriesPage(page);
    await list.open({ registry: slug });
    await expect.poll(() => list.names()).toEqual(["team/api"]);
  });

  test("several at once: the list tells them apart, one that is down leaves the others, its data stays", async ({
    page,
  }) => {
    const registry = await start();
    await fill(registry, "team/kept");
    const slug = nameSlug("down");
    const connect = new ConnectPage(page);
    await connect.open();
    await connect.fill({ url: registry.url, slug });
    await connect.connect();
    await expect(page.getByText("It ended well: the inventory is whole.")).toBeVisible();

    const list = new RepositoriesPage(page);
    await list.open();
    await expect(
      page.getByRole("combobox", { name: "Registry" }).locator(`option[value="${slug}"]`),
    ).toHaveCount(1);
    await list.open({ registry: slug });
    await expect.poll(() => list.names()).toEqual(["team/kept"]);

    await registry.stop();
    running.splice(0);
    await page.goto(`/registries/${slug}?tab=sync`);
    await page.getByRole("button", { name: "Start a full sync" }).click();
    await expect(page.getByText("What was known before stays.")).toBeVisible({ timeout: 60_000 });
    await list.open({ registry: slug });
    await expect(list.row("team/kept").getByText("stale")).toBeVisible();
    await list.open({ registry: registrySlug, q: "payments/api" });
    await expect(list.row("prod/payments/api").getByText("stale")).toHaveCount(0);

    await page.goto(`/registries/${slug}?tab=settings`);
    await page.getByRole("button", { name: "Disconnect the registry" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect the registry" }).click();
    await expect(
      page.getByText("What was known of it stays and can be browsed; nothing new comes."),
    ).toBeVisible();
    await page.goto(`/images/${slug}/team/kept:v1`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("team/kept:v1");
    expect(await listMoves("team/kept", slug)).toHaveLength(1);
  });

  test("O8: a certificate of an own CA is refused until that CA is given", async ({ page }) => {
    const registry = await start();
    await fill(registry, "team/tls");
    const authority = createTestAuthority();
    // The same registry behind TLS.
    const proxy = createTlsServer(authority.issue("DNS:localhost,IP:127.0.0.1"), (request, response) => {
      const onward = httpRequest(
        `${registry.url}${request.url}`,
        { method: request.method, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "localhost", resolve));
    const url = `https://localhost:${(proxy.address() as AddressInfo).port}`;
    const slug = nameSlug("own-ca");
    const connect = new ConnectPage(page);
    await connect.open();
    await connect.fill({ url, slug });
    await connect.test();
    await expect(connect.step("TLS")).toContainText("failed");
    await page.getByLabel(/^Own CA/).fill(authority.caPem);
    await connect.test();
    await expect(connect.step("TLS")).toContainText("ok");
    await connect.connect();
    await expect(page.getByText("It ended well: the inventory is whole.")).toBeVisible();
    proxy.closeAllConnections();
    proxy.close();
  });

  test("a registry without a catalogue gets its repositories from a list", async ({ page }) => {
    const registry = await start();
    await fill(registry, "team/named");
    await fill(registry, "team/not-named");
    const slug = nameSlug("listed");
    const connect = new ConnectPage(page);
    await connect.open();
    await connect.fill({ url: registry.url, slug, names: ["team/named"] });
    await connect.connect();
    await expect(page.getByText("It ended well: the inventory is whole.")).toBeVisible();
    const list = new RepositoriesPage(page);
    await list.open({ registry: slug });
    await expect.poll(() => list.names()).toEqual(["team/named"]);
  });

  test("O1: addresses of the machine's own kind are refused, and nothing is sent there", async ({ page }) => {
    let asked = 0;
    const canary = createServer((_, response) => {
      asked++;
      response.end();
    });
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    const { port } = canary.address() as AddressInfo;
    const connect = new ConnectPage(page);
    for (const url of ["http://169.254.169.254", "http://10.11.12.13:5000", `http://0.0.0.0:${port}`]) {
      await connect.open();
      await connect.fill({ url, slug: nameSlug("refused") });
      await connect.test();
      await expect(connect.step("Resolve")).toContainText("failed");
    }
    expect(asked).toBe(0);
    await new Promise((resolve) => canary.close(resolve));
  });

  test("a push is told by its notification, and a mistake in the form is said at its field", async ({
    page,
  }) => {
    const name = nameRepository("told");
    const image = await buildWords({ layers: ["told"] });
    const client = openRegistry();
    await pushArtifact(client, name, image, ["v1"]);
    await client.close();
    await waitForTag(name, "v1", image.digest);
    const [move] = await listMoves(name, registrySlug);
    expect(move).toMatchObject({ source: "event", actor: "demo" });
    await page.goto(`/registries/${registrySlug}?tab=notifications`);
    await expect(page.getByText("set up", { exact: true })).toBeVisible();

    const connect = new ConnectPage(page);
    await connect.open();
    await connect.fill({ url: "https://user@registry.example.com", slug: registrySlug });
    await page.getByRole("button", { name: "Connect and start the first sync" }).click();
    await expect(page.getByLabel("Address", { exact: true })).toHaveAttribute("aria-invalid", "true");
    const { items } = await callApi<{ items: unknown[] }>("/api/v1/registries");
    expect(items.length).toBeGreaterThan(0);
  });
});
