import type { z } from "zod";
import type { createdSourceSchema } from "#lib/events/schema";
import { distributionLine } from "#lib/events/testing/log-lines";
import type { AccessPrincipal } from "#lib/principals/schema";
import { isSkopeoHere, noSkopeo, Skopeo } from "#lib/testing/skopeo";
import { FailuresPage } from "./pages/failures-page.ts";
import { callApi } from "./parts/call-api.ts";
import { buildWords, openRegistry, pushArtifact, waitForTag } from "./parts/content.ts";
import { type EnforcedRegistry, startEnforcedRegistry } from "./parts/enforced-registry.ts";
import { stateOf } from "./parts/roles.ts";
import { stack } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

let registry: EnforcedRegistry;
let logSecret: string;

async function makeRobot(name: string): Promise<{ user: string; password: string }> {
  const robot = await callApi<AccessPrincipal>("/api/v1/principals", {
    method: "POST",
    body: { kind: "robot", name },
  });
  const { username, value } = await callApi<{ username: string; value: string }>(
    `/api/v1/principals/${robot.id}/secrets`,
    {
      method: "POST",
      body: { name: "journey" },
    },
  );
  return { user: username, password: value };
}

/** A line of the registry's log, sent as its shipper would. */
async function ship(line: string): Promise<void> {
  const response = await fetch(new URL("/api/ingest/registry-logs", stack.url), {
    method: "POST",
    headers: { authorization: `Bearer ${logSecret}`, "content-type": "application/x-ndjson" },
    body: `${line}\n`,
  });
  expect(response.status).toBe(202);
}

function missingTag(repository: string, tag: string): string {
  return distributionLine("response completed with error", {
    code: "manifest unknown",
    status: 404,
    time: new Date().toISOString(),
    agent: "containerd/2.1",
    address: "10.4.2.17:52100",
    uri: `/v2/${repository}/manifests/${tag}`,
    vars: { name: repository, reference: tag },
  });
}

test.describe("11 failed pulls", () => {
  test.describe.configure({ timeout: 150_000 });
  test.use({ storageState: stateOf("engineer") });

  test.beforeAll(async () => {
    registry = await startEnforcedRegistry("failures");
    const source = await callApi<z.infer<typeof createdSourceSchema>>("/api/v1/sources", {
      method: "POST",
      body: { registry: registry.slug, kind: "registry-logs", name: "journey" },
    });
    logSecret = source.secret;
    const publisher = await makeRobot(`publisher-${registry.slug}`);
    await callApi("/api/v1/grants", {
      method: "POST",
      body: {
        registry: registry.slug,
        principal: `robot:${publisher.user}`,
        pattern: "**",
        actions: ["push"],
      },
    });
    const client = openRegistry({ url: registry.url, login: publisher });
    try {
      const artifact = await buildWords({ layers: ["failures"] });
      await pushArtifact(client, "shop/web", artifact, ["v1.4.1", "v1.4.2"]);
      await waitForTag("shop/web", "v1.4.2", artifact.digest, registry.slug);
    } finally {
      await client.close();
    }
  });
  test.afterAll(async () => registry?.stop());

  test("a pull without a grant is on the page by itself, and its step leads to the grant that is missing", async ({
    page,
  }) => {
    test.skip(!isSkopeoHere, noSkopeo);
    const robot = await makeRobot(`puller-${registry.slug}`);
    const failures = new FailuresPage(page);
    await failures.open({ registry: registry.slug });
    const skopeo = new Skopeo();
    try {
      const host = new URL(registry.url).host;
      expect((await skopeo.pull(`${host}/shop/web:v1.4.2`, robot)).ok).toBe(false);
    } finally {
      skopeo.close();
    }
    const row = failures.row(`${robot.user} has no grant to pull shop/web`);
    // Within two seconds on a machine that is not busy with something else.
    await expect(row).toBeVisible({ timeout: 15_000 });
    await expect(row).toContainText("No grant");
    await row.getByRole("link").click();
    await expect(failures.drawer.getByRole("heading", { level: 2 })).toContainText(
      "has no grant to pull shop/web",
    );
    await expect(failures.drawer).toContainText("Token endpoint");
    await failures.drawer.getByRole("link", { name: "Prepare the missing grant" }).click();
    await expect(page).toHaveURL(/\/access\/grants\/new\?.*pattern=shop/);
  });

  test("a tag that the log says is missing is one row however often, names its neighbour, and is acknowledged by keyboard", async ({
    page,
  }) => {
    const failures = new FailuresPage(page);
    await failures.open({ registry: registry.slug });
    for (let time = 0; time < 3; time++) await ship(missingTag("shop/web", "v1.4.3"));
    const row = failures.row("shop/web:v1.4.3");
    await expect(row).toHaveCount(1, { timeout: 15_000 });
    await expect(row).toContainText("No such tag, ever");
    await expect(row.getByRole("cell", { name: "3", exact: true })).toBeVisible({ timeout: 15_000 });

    await failures.filter.fill("v1.4.3");
    await expect(page).toHaveURL(/[?&]q=v1\.4\.3/);
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/[?&]failure=\d+/);
    await expect(failures.drawer.getByRole("link", { name: "Did you mean v1.4.2?" })).toBeVisible();
    await expect(failures.drawer).toContainText("10.4.2.17");
    await failures.drawer
      .getByLabel("Say something about it")
      .fill("A typo in the chart, the fix is on its way");
    await failures.drawer.getByRole("button", { name: "Add the comment" }).click();
    await expect(
      failures.drawer.getByRole("listitem").filter({ hasText: "A typo in the chart" }),
    ).toBeVisible();
    await failures.drawer.getByRole("button", { name: "Acknowledge" }).click();
    await expect(failures.drawer.getByRole("button", { name: "Open again" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(failures.drawer).toBeHidden();
    await expect(row).toHaveCount(0);
    await page.getByLabel("State").selectOption("acknowledged");
    await expect(row).toBeVisible();
  });

  test("what went well beside a failure is one line that opens, and a phone shows the whole title", async ({
    page,
  }) => {
    const failures = new FailuresPage(page);
    // This tag was pushed a moment ago.
    await ship(missingTag("shop/web", "v1.4.1"));
    await failures.open({ registry: registry.slug, q: "shop/web:v1.4.1" });
    const title = failures.row("shop/web:v1.4.1").getByRole("link");
    await expect(title).toBeVisible({ timeout: 15_000 });
    await page.setViewportSize({ width: 360, height: 740 });
    await expect
      .poll(() => title.evaluate((link) => link.scrollHeight - link.clientHeight))
      .toBeLessThanOrEqual(1);
    await expect
      .poll(() => title.evaluate((link) => link.scrollWidth - link.clientWidth))
      .toBeLessThanOrEqual(0);
    await title.click();
    const beside = failures.drawer.getByText(/^\d+ ordinary events? beside it$/);
    await expect(beside).toBeVisible();
    await expect(failures.drawer.getByText("Registry: pushed")).toBeHidden();
    await beside.press("Enter");
    await expect(failures.drawer.getByText("Registry: pushed").first()).toBeVisible();
  });

  test("what comes while a drawer is open announces itself and pushes nothing", async ({ page }) => {
    const failures = new FailuresPage(page);
    await ship(missingTag("shop/web", "v2.0.0"));
    await failures.open({ registry: registry.slug, q: "shop/web:v2" });
    await failures.row("shop/web:v2.0.0").getByRole("link").click({ timeout: 15_000 });
    await expect(failures.drawer).toBeVisible();
    await ship(missingTag("shop/web", "v2.0.1"));
    const arrivals = page.getByRole("button", { name: "1 new", includeHidden: true });
    await expect(arrivals).toBeAttached({ timeout: 15_000 });
    await page.keyboard.press("Escape");
    await expect(failures.row("shop/web:v2.0.1")).toHaveCount(0);
    await arrivals.click();
    await expect(failures.row("shop/web:v2.0.1")).toBeVisible();
  });

  test("a click on a bar narrows all of the page, and a chip takes it back", async ({ page }) => {
    const failures = new FailuresPage(page);
    await ship(missingTag("shop/web", "v3.0.0"));
    await failures.open({ registry: registry.slug, state: "all" });
    await failures
      .bars("Clients")
      .getByRole("link", { name: /containerd/ })
      .click({ timeout: 15_000 });
    await expect(page).toHaveURL(/[?&]client=containerd/);
    await expect(failures.row("shop/web:v3.0.0")).toBeVisible();
    await failures.filters.getByRole("link", { name: /client containerd/ }).click();
    await expect(page).not.toHaveURL(/client=/);
  });

  test("a viewer reads what fails, and is offered nothing that they may not do", async ({ openAs }) => {
    await ship(missingTag("shop/web", "v4.0.0"));
    const theirs = await openAs("viewer");
    const failures = new FailuresPage(theirs);
    await failures.open({ registry: registry.slug, q: "v4.0.0" });
    await failures.row("v4.0.0").getByRole("link").click({ timeout: 15_000 });
    await expect(failures.drawer).toContainText("No such tag has ever been seen");
    await expect(failures.drawer.getByRole("button", { name: "Acknowledge" })).toHaveCount(0);
    await expect(failures.drawer.getByLabel("Say something about it")).toHaveCount(0);
  });
});
