import { createRequire } from "node:module";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { chromiumArguments, requireChromium, windowSettlesMs } from "./harness/chromium.ts";

export interface LighthouseScores {
  /** 0 to 100. */
  performance: number;
  accessibility: number;
  largestPaintMs: number;
  blockingMs: number;
  layoutShift: number;
}

export interface LighthouseRunner {
  /** The mobile preset on one page; `cookie` signs in. */
  visit(url: string, cookie: string | null): Promise<LighthouseScores>;
}

/** A run in which Chromium told too little, as it does now and then: it says nothing about the page. */
export class NoScoreError extends Error {}

const resultSchema = z.object({
  lhr: z.object({
    runtimeError: z.object({ message: z.string() }).optional(),
    finalDisplayedUrl: z.string(),
    categories: z.object({
      performance: z.object({ score: z.number().nullable() }),
      accessibility: z.object({ score: z.number().nullable() }),
    }),
    audits: z.record(
      z.string(),
      z.object({ numericValue: z.number().optional(), errorMessage: z.string().optional() }),
    ),
  }),
});

interface Chrome {
  port: number;
  kill(): void | Promise<void>;
}

interface Modules {
  lighthouse: (url: string, flags: object) => Promise<unknown>;
  launch: (options: { chromePath: string; chromeFlags: string[] }) => Promise<Chrome>;
}

export async function openLighthouse(): Promise<LighthouseRunner> {
  const { lighthouse, launch } = await loadModules();
  return {
    visit: async (url, cookie) => {
      const chrome = await launch({
        chromePath: requireChromium(),
        chromeFlags: ["--headless=new", ...chromiumArguments],
      });
      try {
        await setTimeout(windowSettlesMs);
        const result = await lighthouse(url, {
          port: chrome.port,
          output: "json",
          logLevel: "error",
          onlyCategories: ["performance", "accessibility"],
          ...(cookie === null ? {} : { extraHeaders: { Cookie: cookie } }),
        });
        return readScores(result, url);
      } finally {
        await chrome.kill();
      }
    },
  };
}

function readScores(result: unknown, url: string): LighthouseScores {
  const { lhr } = resultSchema.parse(result);
  if (lhr.runtimeError)
    throw new NoScoreError(`Lighthouse could not read ${url}: ${lhr.runtimeError.message}`);
  if (new URL(lhr.finalDisplayedUrl).pathname !== new URL(url).pathname)
    throw new Error(`Lighthouse was led from ${url} to ${lhr.finalDisplayedUrl}.`);
  const audit = (name: string) => lhr.audits[name]?.numericValue ?? Number.NaN;
  const { performance, accessibility } = lhr.categories;
  if (performance.score === null || accessibility.score === null) {
    const failed = Object.entries(lhr.audits).find(([, { errorMessage }]) => errorMessage);
    throw new NoScoreError(
      `Lighthouse gave ${url} no score: ${(failed && `${failed[0]}: ${failed[1].errorMessage}`) ?? "no audit says why"}.`,
    );
  }
  return {
    performance: Math.round(performance.score * 100),
    accessibility: Math.round(accessibility.score * 100),
    largestPaintMs: audit("largest-contentful-paint"),
    blockingMs: audit("total-blocking-time"),
    layoutShift: audit("cumulative-layout-shift"),
  };
}

async function loadModules(): Promise<Modules> {
  const own = createRequire(import.meta.url).resolve("lighthouse");
  // The launcher is a package of Lighthouse's, not of ours.
  const launcher = createRequire(own).resolve("chrome-launcher");
  const load = async (path: string): Promise<Record<string, unknown>> => import(pathToFileURL(path).href);
  const [main, other] = await Promise.all([load(own), load(launcher)]);
  return { lighthouse: main.default as Modules["lighthouse"], launch: other.launch as Modules["launch"] };
}
