import type { Browser, Page } from "@playwright/test";
import { repositoryNamePattern, thousandRepositoryName } from "./fixtures/names.ts";
import { askFor, openPage, readHeapBytes, waitUntilQuiet } from "./harness/chromium.ts";
import { watchKeys, watchRows } from "./harness/in-page.ts";

/** A registry UI to be looked at. */
export interface Site {
  name: string;
  url: string;
  cookie: string | null;
  /** The page with the list of repositories. */
  listPath: string;
}

export interface ListVisit {
  firstRowMs: number;
  calls: number;
  bytes: number;
  nodes: number;
  heapMegabytes: number;
  /** From each key to the frame behind it. */
  keys: number[];
  events: number[];
  frames: number[];
}

export const searchText = "svc-0042";
const msPerKey = 150;
const longestWaitMs = 120_000;

/** Opens the list as a newcomer, waits for the first row, and types into the search field. */
export async function visitList(browser: Browser, site: Site, times: number): Promise<ListVisit> {
  const { context, page, cdp, traffic } = await openPage(browser, site);
  try {
    await page.addInitScript(watchRows, repositoryNamePattern);
    await askFor(site, site.listPath);
    await page.goto(new URL(site.listPath, site.url).href, { waitUntil: "commit", timeout: longestWaitMs });
    const firstRowMs = await waitForFirstRow(page);
    await waitUntilQuiet(page);
    const { calls, bytes } = traffic;
    const nodes = await page.evaluate(() => document.getElementsByTagName("*").length);
    const heapMegabytes = (await readHeapBytes(cdp)) / 1024 / 1024;
    const typed = await typeSearch(page, times);
    return { firstRowMs, calls, bytes, nodes, heapMegabytes, ...typed };
  } finally {
    await context.close();
  }
}

async function waitForFirstRow(page: Page): Promise<number> {
  const handle = await page.waitForFunction(() => window.benchWatched?.firstRowMs ?? false, null, {
    timeout: longestWaitMs,
    polling: 50,
  });
  return Number(await handle.jsonValue());
}

async function typeSearch(page: Page, times: number): Promise<Pick<ListVisit, "keys" | "events" | "frames">> {
  const field = page
    .locator("input[data-filter], input[type=search], input[type=text], input:not([type])")
    .filter({ visible: true })
    .first();
  if ((await field.count()) === 0) return { keys: [], events: [], frames: [] };
  await field.click();
  await page.evaluate(watchKeys);
  for (let time = 0; time < times; time++) {
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(searchText, { delay: msPerKey });
    await page.waitForTimeout(400);
  }
  return page.evaluate(() => {
    window.benchStopFrames?.();
    const { keys, events, frames } = window.benchWatched;
    return { keys, events, frames };
  });
}

export interface TagsVisit {
  /** The page opened by its address. */
  coldMs: number;
  coldCalls: number;
  /** The repository opened from the list. */
  inAppMs: number;
  inAppCalls: number;
}

const tagPattern = "^v\\d+\\.\\d+\\.\\d+$";

/** Opens the repository with a thousand tags by its address, and from the list. */
export async function visitTags(browser: Browser, site: Site, tagsPath: string): Promise<TagsVisit> {
  const cold = await openPage(browser, site);
  let coldMs: number;
  let coldCalls: number;
  try {
    await cold.page.addInitScript(watchRows, tagPattern);
    await askFor(site, tagsPath);
    await cold.page.goto(new URL(tagsPath, site.url).href, { waitUntil: "commit" });
    coldMs = await waitForFirstRow(cold.page);
    await waitUntilQuiet(cold.page);
    coldCalls = cold.traffic.apiCalls;
  } finally {
    await cold.context.close();
  }
  const inApp = await openPage(browser, site);
  try {
    const { page, traffic } = inApp;
    await page.goto(new URL(`${site.listPath}?q=${thousandRepositoryName}`, site.url).href);
    await waitUntilQuiet(page);
    const before = traffic.apiCalls;
    const link = page.getByRole("link", { name: thousandRepositoryName }).first();
    await link.hover();
    // Armed in the page, so that no round trip to here is part of the time.
    const clicked = page.evaluate(
      (pattern) =>
        new Promise<number>((resolve) => {
          document.addEventListener(
            "click",
            (event) => {
              const begin = event.timeStamp;
              const wanted = new RegExp(pattern);
              const look = () => {
                const rows = [...document.querySelectorAll("[data-row-link]")];
                if (rows.some((row) => wanted.test(row.textContent ?? "")))
                  resolve(performance.now() - begin);
                else requestAnimationFrame(look);
              };
              requestAnimationFrame(look);
            },
            { capture: true, once: true },
          );
        }),
      tagPattern,
    );
    await link.click();
    const inAppMs = await clicked;
    await waitUntilQuiet(page);
    return { coldMs, coldCalls, inAppMs, inAppCalls: traffic.apiCalls - before };
  } finally {
    await inApp.context.close();
  }
}
