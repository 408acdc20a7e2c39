import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { StartFault } from "../scripts/stack/start-fault.ts";
import { chromiumArguments, requireChromium } from "./harness/chromium.ts";

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

const resultSchema = z.object({
  lhr: z.object({
    runtimeError: z.object({ message: z.string() }).optional(),
    finalDisplayedUrl: z.string(),
    categories: z.object({
      performance: z.object({ score: z.number() }),
      accessibility: z.object({ score: z.number() }),
    }),
    audits: z.record(z.string(), z.object({ numericValue: z.number().optional() })),
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

/** Lighthouse is large and nothing but this needs it, so it is installed, by its own lock file, when it is first used. */
export async function openLighthouse(
  root: string,
  home: string,
  report: (line: string) => void,
): Promise<LighthouseRunner> {
  const folder = installLighthouse(root, home, report);
  const { lighthouse, launch } = await loadModules(folder);
  return {
    visit: async (url, cookie) => {
      const chrome = await launch({
        chromePath: requireChromium(),
        chromeFlags: ["--headless=new", ...chromiumArguments],
      });
      try {
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
  if (lhr.runtimeError) throw new Error(`Lighthouse could not read ${url}: ${lhr.runtimeError.message}`);
  if (new URL(lhr.finalDisplayedUrl).pathname !== new URL(url).pathname)
    throw new Error(`Lighthouse was led from ${url} to ${lhr.finalDisplayedUrl}.`);
  const audit = (name: string) => lhr.audits[name]?.numericValue ?? Number.NaN;
  return {
    performance: Math.round(lhr.categories.performance.score * 100),
    accessibility: Math.round(lhr.categories.accessibility.score * 100),
    largestPaintMs: audit("largest-contentful-paint"),
    blockingMs: audit("total-blocking-time"),
    layoutShift: audit("cumulative-layout-shift"),
  };
}

function installLighthouse(root: string, home: string, report: (line: string) => void): string {
  const folder = join(home, "lighthouse");
  const source = join(root, "bench", "lighthouse");
  const lock = readFileSync(join(source, "package-lock.json"), "utf8");
  const stamp = join(folder, "installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return folder;
  report("Installing Lighthouse");
  mkdirSync(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"])
    copyFileSync(join(source, name), join(folder, name));
  const call = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];
  const result = spawnSync("npm", call, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "development" },
  });
  if (result.status !== 0)
    throw new StartFault(`Lighthouse could not be installed: ${(result.stderr ?? "").trim()}`);
  writeFileSync(stamp, lock);
  return folder;
}

async function loadModules(folder: string): Promise<Modules> {
  const { resolve } = createRequire(join(folder, "package.json"));
  const load = async (name: string): Promise<Record<string, unknown>> =>
    import(pathToFileURL(resolve(name)).href);
  const [main, launcher] = await Promise.all([load("lighthouse"), load("chrome-launcher")]);
  return { lighthouse: main.default as Modules["lighthouse"], launch: launcher.launch as Modules["launch"] };
}
