import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { stateOf } from "./parts/roles.ts";
import { registrySlug } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

const api = `/images/${registrySlug}/prod/payments/api`;

/** Every page, and those states of a page that draw something else. */
const pages: [name: string, path: string][] = [
  ["home", "/"],
  ["repositories", "/images"],
  ["repositories of a path", `/images?registry=${registrySlug}&prefix=prod&sort=-sizeBytes`],
  ["repositories, none fits", "/images?q=nothing-is-called-so"],
  ["repository", api],
  ["history of a repository", `${api}?tab=history`],
  ["artifact", `${api}:v1.4.1`],
  ["layers", `${api}:v1.4.1?tab=layers`],
  ["config", `${api}:v1.4.1?tab=config`],
  ["referrers", `${api}:v1.4.1?tab=referrers`],
  ["annotations", `${api}:v1.4.1?tab=annotations`],
  ["raw", `${api}:v1.4.1?tab=raw`],
  ["chart", `/images/${registrySlug}/charts/storefront:1.1.0`],
  ["other artifact", `/images/${registrySlug}/policies/admission:current`],
  ["no such tag", `${api}:no-such-tag`],
  ["nothing at this address", `/images/${registrySlug}/no/such`],
  ["compare, empty", "/compare"],
  ["explain a failed pull", "/diagnose"],
  ["failed pulls", "/failures"],
  ["failed pulls of a year, every state", "/failures?window=1y&state=all"],
  ["failed pulls, none fits", "/failures?q=nothing-is-called-so"],
  [
    "compare",
    `/compare?from=${registrySlug}/prod/payments/api:v1.3.0&to=${registrySlug}/prod/payments/api:v1.4.1`,
  ],
  ["activity", "/activity"],
  ["audit", "/audit"],
  ["access: matrix", `/access?registry=${registrySlug}`],
  ["access: grants", "/access/grants?state=all"],
  [
    "access: editor",
    `/access/grants/new?principal=robot:ci&registry=${registrySlug}&pattern=prod/**&actions=push`,
  ],
  ["access: principals", "/access/principals"],
  [
    "access: who can reach a repository",
    `/access/who-can?registry=${registrySlug}&repository=prod/payments/api`,
  ],
  ["access: what can a principal do", "/access/who-can?by=principal"],
  [
    "access: may somebody",
    `/access/who-can?by=may&who=everyone&registry=${registrySlug}&repository=prod/payments/api&action=pull`,
  ],
  ["access: suggestions", "/access/suggestions"],
  ["access: requests", "/access/requests?state=all"],
  ["access: protected", `/access/protected?registry=${registrySlug}`],
  ["access: as code", `/access/as-code?registry=${registrySlug}`],
  ["access: mine", "/access/mine"],
  ["access: denied", "/access/denied"],
  ["who can, of a repository", `${api}?tab=who-can`],
  ["enforcement of a registry", `/registries/${registrySlug}?tab=enforcement`],
  ["registries", "/registries"],
  ["connect a registry", "/registries/new"],
  ["registry", `/registries/${registrySlug}`],
  ["account", "/settings/account"],
  ["people", "/settings/people"],
  ["teams", "/settings/teams"],
  ["API keys", "/settings/api-keys"],
  ["sessions", "/settings/sessions"],
  ["networks", "/settings/networks"],
  ["alerts", "/settings/alerts"],
];

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("main")).toBeVisible();
  // The page is whole when nothing of it is on its way.
  await expect(page.locator('[aria-busy="true"], .skeleton')).toHaveCount(0);
  await page.waitForLoadState("networkidle");
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = grave.map(
    ({ id, impact, nodes }) =>
      `${impact} ${id}: ${nodes
        .slice(0, 4)
        .map((node) => `${node.target.join(" ")} ${node.html.slice(0, 160)}`)
        .join(" | ")}`,
  );
  expect(told).toEqual([]);
}

/** The page never scrolls sideways; what is wide scrolls in a frame of its own. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  for (const width of [360, 2560]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 1300 });
    const measure = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await expect.poll(measure, { message: `excess at ${width} px` }).toBeLessThanOrEqual(0);
  }
}

test.describe("accessibility", () => {
  test.describe.configure({ mode: "parallel" });
  test.use({ storageState: stateOf("admin") });

  for (const [name, path] of pages) {
    test(`${name}: no serious violation, light and dark; no sideways scroll at 360 and 2560 px`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await open(page, path);
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      // The narrow page is another one: its navigation is a button, its tables are lists.
      await page.setViewportSize({ width: 360, height: 740 });
      await expectAccessible(page);
    });
  }

  for (const colorScheme of ["light", "dark"] as const) {
    test(`the sign-in page, ${colorScheme}: no serious violation`, async ({ openAs }) => {
      const page = await openAs(null);
      await page.emulateMedia({ colorScheme });
      await page.goto("/sign-in?error=credentials");
      await expect(page.getByRole("alert").first()).toBeVisible();
      await expectAccessible(page);
    });

    test(`what opens over a page, ${colorScheme}: no serious violation`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(page, `${api}:v1.4.1`);
      await page.getByRole("button", { name: "Pull", exact: true }).click();
      await expect(page.getByRole("dialog", { name: "Pull commands" })).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "More deeds" }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await expectAccessible(page);
      await page.getByRole("menuitem", { name: "Delete the tag" }).click();
      await expect(page.getByRole("dialog").getByRole("button", { name: "Delete the tag" })).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: /^Find a registry/ }).fill("payments");
      await expect(page.getByRole("listbox").getByRole("option").first()).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
      await expectAccessible(page);
    });
  }

  test("at 360 px the navigation folds into a button", async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto("/images");
    const navigation = page.getByRole("navigation", { name: "Main" });
    await expect(navigation).toBeHidden();
    await page.getByRole("button", { name: "Open the navigation" }).click();
    await navigation.getByRole("link", { name: "Compare" }).click();
    await expect(page).toHaveURL(/\/compare/);
    await expect(navigation).toBeHidden();
  });
});
