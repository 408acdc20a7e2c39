import { randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { ArtifactPage } from "./pages/artifact-page.ts";
import { AuditPage } from "./pages/audit-page.ts";
import { SignInPage } from "./pages/sign-in-page.ts";
import { tableOf } from "./pages/table-of.ts";
import { callApi } from "./parts/call-api.ts";
import { buildWords, nameRepository, pushAndWait } from "./parts/content.ts";
import { stateOf } from "./parts/roles.ts";
import { registrySlug } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

const payloads = [
  `<script>window.owned = 1</script>`,
  `"><img src=x onerror="window.owned = 2">`,
  `javascript:window.owned=3//`,
  `<svg onload=window.owned=4><a xlink:href="javascript:window.owned=5">x</a></svg>`,
  `</title></style><iframe srcdoc="<script>parent.owned = 6</script>"></iframe>`,
  `[click](javascript:window.owned=7)`,
  `{{constructor.constructor('window.owned=8')()}}\${window.owned=9}`,
  `\u202egnp.exe\u2066\u200b\u0007`,
  "x".repeat(5_000),
];

/** Nothing ran, nothing was loaded, nothing pushes the page sideways, nothing became a link of its own scheme. */
async function expectOnlyText(page: Page): Promise<void> {
  expect(await page.evaluate(() => Reflect.get(window, "owned"))).toBeUndefined();
  await expect(
    page.locator('main a[href^="javascript:"], main iframe, main img[src="x"], main svg[onload]'),
  ).toHaveCount(0);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  ).toBeLessThanOrEqual(0);
}

test.describe("X1: hostile text is shown as text", () => {
  test.use({ storageState: stateOf("admin") });

  test("X1: labels, annotations, environment, build steps and user of an image", async ({ page }) => {
    const name = nameRepository("hostile");
    const record = Object.fromEntries(
      payloads.map((text, index) => [`text-${index} ${text.slice(0, 60)}`, text]),
    );
    const known = {
      "org.opencontainers.image.url": "javascript:window.owned=10",
      "org.opencontainers.image.source": "javascript:window.owned=11",
      "org.opencontainers.image.documentation": "data:text/html,<script>window.owned=12</script>",
      "org.opencontainers.image.title": payloads[1] ?? "",
      "org.opencontainers.image.base.name": payloads[1] ?? "",
    };
    const words = {
      layers: ["one", "two"],
      labels: { ...record, ...known },
      annotations: { ...record, ...known },
      env: payloads.map((text, index) => `TEXT_${index}=${text}`),
      entrypoint: [...payloads],
      user: payloads[1],
      ports: [payloads[0] ?? ""],
      createdBy: (word: string) => `RUN ${word} ${payloads.join(" ")}`,
    };
    await pushAndWait(name, await buildWords(words), ["v1"]);
    await pushAndWait(name, await buildWords({ ...words, labels: {}, layers: ["one", "three"] }), ["v2"]);

    const artifact = new ArtifactPage(page, name);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 });
      await artifact.open("v1");
      await expectOnlyText(page);
      for (const tab of ["Layers", "Config", "Annotations", "Raw"]) {
        await artifact.openTab(tab);
        await expectOnlyText(page);
      }
      await artifact.openTab("Config");
      await expect(artifact.card("Labels")).toContainText(payloads[0] ?? "");
      await expect(artifact.card("Labels")).toContainText("\\u{202e}");
      await page.goto(`/compare?from=${registrySlug}/${name}:v1&to=${registrySlug}/${name}:v2`);
      await expect(tableOf(page, "Labels")).toContainText(payloads[0] ?? "");
      await expectOnlyText(page);
    }
  });

  test("X1: names of people and teams, and the user agent of a sign-in", async ({
    browser,
    page,
    faults,
  }) => {
    const login = `e2e-${randomBytes(3).toString("hex")}`;
    const name = `${login} <img src=x onerror="window.owned=20">`;
    const body = { login, name, roles: [{ role: "viewer" }] };
    const { password } = await callApi<{ password: string }>("/api/v1/users", { method: "POST", body });
    await callApi("/api/v1/teams", {
      method: "POST",
      body: {
        slug: login,
        name: `<script>window.owned=21</script>${login}`,
        description: `"><svg onload=window.owned=22>`,
        members: [login],
        patterns: [],
      },
    });
    const userAgent = `Hostile/1.0 <script>window.owned=23</script> "><img src=x onerror=window.owned=24> ${login}`;
    const context = await browser.newContext({ userAgent, storageState: { cookies: [], origins: [] } });
    const theirs = await context.newPage();
    theirs.on("dialog", () => faults.push("a dialog opened"));
    const signIn = new SignInPage(theirs);
    await signIn.open();
    await signIn.signIn(login, password);
    await expectOnlyText(theirs);
    await context.close();

    await page.goto("/settings/people");
    await page.getByRole("searchbox", { name: "Find a person" }).fill(login);
    await expect(tableOf(page, "People")).toContainText(name);
    await tableOf(page, "People").getByRole("button", { name: login }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectOnlyText(page);
    await page.goto("/settings/teams");
    await expect(tableOf(page, "Teams")).toContainText(`<script>window.owned=21</script>${login}`);
    await expectOnlyText(page);
    await page.goto("/images");
    await expect(page.getByRole("link", { name: `<script>window.owned=21</script>${login}` })).toBeVisible();
    await expectOnlyText(page);
    await page.goto("/settings/sessions");
    await expect(page.getByText(`Hostile/1.0`).first()).toBeVisible();
    await expectOnlyText(page);
    const audit = new AuditPage(page);
    await audit.open({ q: login });
    await audit.table
      .getByRole("button", { name: /^session\./ })
      .first()
      .click();
    await expect(audit.drawer).toContainText("Hostile/1.0 <script>");
    await expectOnlyText(page);
  });

  test("X1: an address, a filter and a reference made of script", async ({ page }) => {
    for (const text of payloads.slice(0, 8)) {
      const hostile = encodeURIComponent(text);
      for (const path of [
        `/images?q=${hostile}`,
        `/images?prefix=${hostile}&team=${hostile}`,
        `/compare?from=${hostile}&to=${hostile}`,
        `/audit?q=${hostile}&action=${hostile}`,
        `/sign-in?error=${hostile}&callbackUrl=${hostile}`,
      ]) {
        await page.goto(path);
        await expect(page.getByRole("main")).toBeVisible();
        await expectOnlyText(page);
      }
    }
  });

  test("X2: a manifest opened from our origin is no document that could run", async ({ request }) => {
    const name = nameRepository("opened");
    const annotations = { html: "<script>parent.owned = 1</script>" };
    const image = await buildWords({ layers: ["html"], annotations });
    await pushAndWait(name, image, ["v1"]);
    const response = await request.get("/api/v1/manifests", {
      params: { registry: registrySlug, repository: name, reference: "v1" },
    });
    expect(response.headers()["content-type"]).toMatch(/^application\/json/);
    expect(response.headers()["x-content-type-options"]).toBe("nosniff");
  });
});
