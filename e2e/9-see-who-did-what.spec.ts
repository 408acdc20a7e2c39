import { readFile } from "node:fs/promises";
import { AuditPage } from "./pages/audit-page.ts";
import { callApi, listAudit } from "./parts/call-api.ts";
import { buildWords, nameRepository, pushAndWait } from "./parts/content.ts";
import { people, stateOf } from "./parts/roles.ts";
import { registrySlug, stack } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

test.describe("9 see who did what", () => {
  test.use({ storageState: stateOf("auditor") });

  test("every change is a row with actor, address, agent, before and after, and can be filtered for", async ({
    page,
    openAs,
  }) => {
    const name = nameRepository("audited");
    const image = await buildWords({ layers: ["audited"] });
    await pushAndWait(name, image, ["v1", "v2"]);
    const theirs = await openAs("engineer");
    await theirs.goto(`/images/${registrySlug}/${name}:v1`);
    await theirs.getByRole("button", { name: "More deeds" }).click();
    await theirs.getByRole("menuitem", { name: "Delete the tag" }).click();
    await theirs.getByRole("dialog").getByRole("button", { name: "Delete the tag" }).click();
    await expect(theirs.getByText("This tag does not exist now")).toBeVisible();
    const agent = await theirs.evaluate(() => navigator.userAgent);

    const audit = new AuditPage(page);
    await audit.open();
    await page.getByRole("searchbox", { name: "Search the audit" }).fill(name);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/[?&]q=/);
    const row = audit.row("tag.delete", name).filter({ hasText: "succeeded" });
    await expect(row).toHaveCount(1);
    await expect(row).toContainText(people.engineer.login);
    await page.setViewportSize({ width: 360, height: 740 });
    for (const said of ["succeeded", name, people.engineer.login])
      await expect(row.getByText(said).filter({ visible: true })).toHaveCount(1);
    await page.setViewportSize({ width: 1280, height: 900 });
    await row.getByRole("button", { name: "tag.delete" }).click();
    await expect(audit.drawer).toContainText(agent.slice(0, 20));
    await expect(audit.drawer).toContainText("127.0.0.1");
    await expect(audit.drawer.getByRole("region", { name: "Before" })).toContainText(image.digest);
    await page.keyboard.press("Escape");
    await expect(audit.drawer).toBeHidden();

    await page.getByRole("combobox", { name: "What" }).selectOption("session.");
    await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
    await page.getByRole("searchbox", { name: "Search the audit" }).fill("");
    await page.keyboard.press("Enter");
    await expect(audit.table.getByRole("row").nth(1)).toContainText("session.");
    await page.getByRole("combobox", { name: "Outcome" }).selectOption("denied");
    await expect(page).toHaveURL(/outcome=denied/);
  });

  test("the page says whether the record is as it was written, and hands over the filtered rows", async ({
    page,
  }) => {
    const audit = new AuditPage(page);
    await audit.open({ action: "session." });
    await expect(page.getByText("linked without a gap")).toBeVisible();
    await expect(audit.table.getByRole("row").nth(1)).toContainText("session.");
    await page.getByRole("button", { name: "Export this list" }).click();
    const coming = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "As CSV" }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toBe("audit-events.csv");
    const lines = (await readFile(await file.path(), "utf8")).split("\r\n");
    expect(lines[0]).toMatch(/^id,at,actorKind,actor,/);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines.slice(1, -1)) expect(line).toContain(",session.");

    await page.getByText("More filters").click();
    await page.getByRole("searchbox", { name: "From this address" }).fill("192.0.2.77");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/address=192\.0\.2\.77/);
    await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
    await page.getByRole("button", { name: "Take all filters away" }).click();
    await expect(audit.row("audit.export", "audit").first()).toContainText(people.auditor.login);
    await expect(audit.row("audit.read", "audit").first()).toBeVisible();
  });

  test("O10: a secret that was given stands in no row", async () => {
    const slug = nameRepository("x").replace(/[^a-z0-9]+/g, "-");
    const secret = `canary-${slug}-0123456789`;
    const body = {
      slug,
      url: "https://registry.invalid",
      credentialKind: "basic",
      username: "robot",
      secret,
      sync: false,
    };
    await callApi("/api/v1/registries", { method: "POST", body });
    await callApi(`/api/v1/registries/${slug}`, { method: "DELETE" });
    const rows = await listAudit({ q: slug });
    expect(rows.map((row) => row.action)).toEqual(expect.arrayContaining(["registry.connect"]));
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  test("who may not read the audit is told which permission is missing", async ({ openAs }) => {
    const page = await openAs("viewer");
    await page.goto("/audit");
    await expect(page.getByRole("heading", { name: "You may not read the audit" })).toBeVisible();
    await expect(page.getByRole("table")).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Audit" })).toHaveCount(0);
    const status = await page.evaluate(
      async (url) => (await fetch(url)).status,
      `${stack.url}/api/v1/audit-events`,
    );
    expect(status).toBe(403);
  });
});
