import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from "@playwright/test";
import { findChromium } from "../../scripts/checks/find-chromium.ts";
import { StartFault } from "../../scripts/stack/start-fault.ts";

export function requireChromium(): string {
  const path = findChromium();
  if (path) return path;
  throw new StartFault(
    "No Chromium was found: install one (apt-get install chromium), or name it with CHROMIUM_BIN.",
  );
}

export const chromiumArguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: requireChromium(), args: chromiumArguments });
}

/** What a page asked for since it was opened. */
export interface Traffic {
  calls: number;
  apiCalls: number;
  bytes: number;
  scriptBytes: number;
}

export interface OpenPage {
  context: BrowserContext;
  page: Page;
  cdp: CDPSession;
  traffic: Traffic;
}

/**
 * A new window first starts pages of the browser's own, such as what drops down from its address bar, which take more
 * processor time than ours does. Whoever opens a page has had the window for a while.
 */
export const windowSettlesMs = 1_500;

/** A page in a context of its own, as somebody has it who never was here: no cache, only the cookie. */
export async function openPage(
  browser: Browser,
  site: { url: string; cookie: string | null },
  size = { width: 1280, height: 800 },
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: size });
  if (site.cookie !== null) await context.addCookies(prepareCookies(site.url, site.cookie));
  const page = await context.newPage();
  await page.waitForTimeout(windowSettlesMs);
  const cdp = await context.newCDPSession(page);
  const traffic: Traffic = { calls: 0, apiCalls: 0, bytes: 0, scriptBytes: 0 };
  const scripts = new Set<string>();
  cdp.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
    if (request.url.startsWith("data:")) return;
    traffic.calls += 1;
    if (type === "XHR" || type === "Fetch" || type === "Document") traffic.apiCalls += 1;
    if (type === "Script" || /\.js(\?|$)/.test(request.url)) scripts.add(requestId);
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    traffic.bytes += encodedDataLength;
    if (scripts.has(requestId)) traffic.scriptBytes += encodedDataLength;
  });
  await cdp.send("Network.enable");
  return { context, page, cdp, traffic };
}

/** Asks for a page without a browser: so a console stays one in use, with its code compiled and its connections open. */
export async function askFor(site: { url: string; cookie: string | null }, path: string): Promise<void> {
  const response = await fetch(new URL(path, site.url), { headers: { cookie: site.cookie ?? "" } });
  if (!response.ok) throw new Error(`${path} answers ${response.status}.`);
  await response.arrayBuffer();
}

export function prepareCookies(url: string, header: string) {
  return header.split("; ").map((pair) => {
    const cut = pair.indexOf("=");
    return { name: pair.slice(0, cut), value: pair.slice(cut + 1), url };
  });
}

/** Waits until nothing was asked for a while; a page that polls is given up on after the time. */
export async function waitUntilQuiet(page: Page, timeoutMs = 30_000): Promise<void> {
  await page.waitForLoadState("networkidle", { timeout: timeoutMs }).catch(() => undefined);
}

/** Bytes of the page's own heap after the garbage is gone. */
export async function readHeapBytes(cdp: CDPSession): Promise<number> {
  await cdp.send("HeapProfiler.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  return usedSize;
}
