import type { Browser, Page } from "@playwright/test";
import type { Site } from "./catalog-browser.ts";
import { thousandRepositoryName } from "./fixtures/names.ts";
import { seededRegistry } from "./fixtures/seed-inventory.ts";
import { openPage, waitUntilQuiet } from "./harness/chromium.ts";
import { watchKeys, watchRows } from "./harness/in-page.ts";
import { maximum } from "./harness/statistics.ts";

export const interactions = [
  "open a repository",
  "search",
  "sort",
  "select 100 tags",
  "compare two tags",
] as const;
/** The worst time from an event to the frame behind it, by interaction. */
export type InteractionTimes = Record<(typeof interactions)[number], number>;

/** Does what somebody does all day, with a processor that is so many times slower. */
export async function interact(browser: Browser, site: Site, slowdown: number): Promise<InteractionTimes> {
  const { context, page, cdp } = await openPage(browser, site);
  const time = async (work: () => Promise<void>): Promise<number> => {
    await waitUntilQuiet(page, 5_000);
    await page.evaluate(watchKeys);
    await work();
    await waitUntilQuiet(page, 5_000);
    return stopWatching(page);
  };
  try {
    await page.addInitScript(watchRows, "^$");
    await page.goto(`${site.url}/images?registry=${seededRegistry}`);
    await waitUntilQuiet(page);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    const search = await time(async () => {
      await page.locator("input[data-filter]").first().click();
      await page.keyboard.type("svc-00", { delay: 150 });
    });
    const sort = await time(async () => {
      await page.getByRole("columnheader", { name: "Size" }).getByRole("link").click();
      await page.waitForTimeout(300);
      await page.getByRole("columnheader", { name: "Repository" }).getByRole("link").click();
      await page.waitForTimeout(300);
    });
    const open = await time(async () => {
      await page.locator("[data-row-link]").first().click();
      await page.waitForURL((url) => url.pathname.startsWith("/images/"));
    });
    await page.goto(`${site.url}/images/${seededRegistry}/${thousandRepositoryName}`);
    const select = await time(() => selectHundred(page));
    const compare = await time(async () => {
      await page.getByRole("button", { name: "Clear" }).click();
      await page.evaluate(() => window.scrollTo(0, 0));
      const boxes = page.locator("tr[data-row] input[type=checkbox]");
      await boxes.nth(0).click();
      await boxes.nth(1).click();
      await page.getByRole("region", { name: "Chosen tags" }).getByRole("link", { name: "Compare" }).click();
      await page.waitForURL(/\/compare/);
    });
    return {
      search,
      sort,
      "open a repository": open,
      "select 100 tags": select,
      "compare two tags": compare,
    };
  } finally {
    await context.close();
  }
}

/** The first row, then the hundredth with the shift key held. */
async function selectHundred(page: Page): Promise<void> {
  await page.locator("tr[data-row='0'] input[type=checkbox]").click();
  const last = page.locator("tr[data-row='99'] input[type=checkbox]");
  for (let step = 0; step < 60 && (await last.count()) === 0; step++) {
    await page.mouse.wheel(0, 400);
    await page.waitForTimeout(80);
  }
  await last.click({ modifiers: ["Shift"] });
  await page.getByText("100 tags chosen").waitFor({ timeout: 5_000 });
}

async function stopWatching(page: Page): Promise<number> {
  const watched = await page.evaluate(() => {
    window.benchStopFrames?.();
    return window.benchWatched;
  });
  const times = [...watched.keys, ...watched.events];
  return times.length === 0 ? Number.NaN : maximum(times);
}
