import { join } from "node:path";
import type { Browser } from "@playwright/test";
import type { Run } from "../scripts/stack/run-to-completion.ts";
import { catalogSizes, openSeeded } from "./catalog.ts";
import type { Site } from "./catalog-browser.ts";
import { startEmptyApp } from "./empty-app.ts";
import { largeRepositoryName, thousandRepositoryName } from "./fixtures/names.ts";
import { seededRegistry } from "./fixtures/seed-inventory.ts";
import { type BenchOptions, isWanted } from "./harness/bench-options.ts";
import { openBenchStack } from "./harness/bench-stack.ts";
import { launchChromium, openPage, waitUntilQuiet } from "./harness/chromium.ts";
import { Report } from "./harness/report.ts";
import { maximum, minimum, ratioOfRounds } from "./harness/statistics.ts";
import { type LighthouseScores, NoScoreError, openLighthouse } from "./lighthouse-runs.ts";
import { type InteractionTimes, interact, interactions } from "./page-interactions.ts";

export const pageParts = ["weight", "interactions", "lighthouse"];

/** G1 and G2: weight, Lighthouse and interactions, beside an empty app of the same Next version. */
export async function benchPage(options: BenchOptions, run: Run): Promise<void> {
  const report = new Report("page");
  const stack = await openBenchStack(options, run);
  const [size] = options.quick ? catalogSizes.quick : catalogSizes.full;
  if (!size) return;
  const { site } = await openSeeded(stack, size, run);
  const emptyUrl = await startEmptyApp(options.root, stack.supervisor);
  const empty: Site = { name: "empty app", url: emptyUrl, cookie: null, listPath: "/" };
  const browser = await launchChromium();
  run.onStop(() => browser.close());
  if (isWanted(options, "weight")) await measureWeight(options, report, browser, site, empty);
  if (isWanted(options, "interactions")) await measureInteractions(options, report, browser, site);
  await browser.close();
  if (isWanted(options, "lighthouse")) await measureLighthouse(options, report, site, empty);
  report.finish(join(options.home, "results"));
}

async function measureWeight(
  options: BenchOptions,
  report: Report,
  browser: Browser,
  site: Site,
  empty: Site,
): Promise<void> {
  report.heading("Script of the first load as transferred, until nothing more is asked for");
  const visit = async (at: Site) => {
    const { context, page, traffic } = await openPage(browser, at);
    try {
      await page.goto(new URL(at.listPath, at.url).href);
      await waitUntilQuiet(page);
      return { script: traffic.scriptBytes / 1024, all: traffic.bytes / 1024, calls: traffic.calls };
    } finally {
      await context.close();
    }
  };
  const ours: Awaited<ReturnType<typeof visit>>[] = [];
  const floor: Awaited<ReturnType<typeof visit>>[] = [];
  await visit(site);
  for (let round = 0; round < options.rounds; round++) {
    ours.push(await visit(site));
    floor.push(await visit(empty));
  }
  const scripts = (visits: typeof ours) => visits.map(({ script }) => script);
  report.figure("script, /images", scripts(ours), "KiB");
  report.figure("script, empty app", scripts(floor), "KiB");
  report.figure(
    "everything, /images",
    ours.map(({ all }) => all),
    "KiB",
  );
  report.figure(
    "everything, empty app",
    floor.map(({ all }) => all),
    "KiB",
  );
  report.figure(
    "calls, /images",
    ours.map(({ calls }) => calls),
  );
  report.goal({
    name: "G1 first-load script, /images / empty app",
    samples: ratioOfRounds(scripts(ours), scripts(floor)),
    atMost: 1.35,
  });
}

async function measureInteractions(
  options: BenchOptions,
  report: Report,
  browser: Browser,
  site: Site,
): Promise<void> {
  for (const { slowdown, limit } of [
    { slowdown: 1, limit: 50 },
    { slowdown: 4, limit: 200 },
  ]) {
    report.heading(
      slowdown === 1 ? "Interactions, desktop" : `Interactions, processor ${slowdown} times slower`,
    );
    await interact(browser, site, slowdown);
    const times: InteractionTimes[] = [];
    for (let round = 0; round < options.rounds; round++) times.push(await interact(browser, site, slowdown));
    for (const name of interactions)
      report.figure(
        `${name}, worst event`,
        times.map((each) => each[name]),
        "ms",
      );
    report.goal({
      name: `G2 worst interaction of a round${slowdown === 1 ? "" : ", slow processor"}`,
      samples: times.map((each) => maximum(Object.values(each))),
      unit: "ms",
      atMost: limit,
    });
  }
}

async function measureLighthouse(
  options: BenchOptions,
  report: Report,
  site: Site,
  empty: Site,
): Promise<void> {
  const lighthouse = await openLighthouse();
  const list = { name: "/images", path: "/images" };
  const repository = `/images/${seededRegistry}/${thousandRepositoryName}`;
  const others = [
    { name: "home", path: "/" },
    { name: "a repository of 100,000 tags", path: `/images/${seededRegistry}/${largeRepositoryName}` },
    { name: "an artifact", path: `${repository}:latest` },
    { name: "compare", path: `/compare?${new URLSearchParams(prepareSides())}` },
  ];
  const pages = options.quick ? [list] : [list, ...others];
  report.heading("Lighthouse, mobile preset");
  const visit = async (url: string, cookie: string | null) => {
    for (let tries = 1; ; tries++)
      try {
        return await lighthouse.visit(url, cookie);
      } catch (error) {
        if (!(error instanceof NoScoreError) || tries === 6) throw error;
        report.note(`${error.message} Run again.`);
      }
  };
  const floor: LighthouseScores[] = [];
  const scores = new Map<string, LighthouseScores[]>(pages.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    floor.push(await visit(`${empty.url}/`, null));
    for (const { name, path } of pages)
      scores.get(name)?.push(await visit(`${site.url}${path}`, site.cookie));
  }
  reportScores(report, "empty app", floor);
  const lowestFloor = minimum(floor.map(({ performance }) => performance));
  for (const [name, each] of scores) {
    reportScores(report, name, each);
    report.goal({
      name: `G2 ${name}, lowest performance under the empty app's lowest`,
      samples: [lowestFloor - minimum(each.map(({ performance }) => performance))],
      unit: "points",
      atMost: 1,
    });
    report.goal({
      name: `G2 ${name}, accessibility`,
      samples: each.map(({ accessibility }) => accessibility),
      pick: minimum,
      atLeast: 100,
    });
    report.goal({
      name: `G2 ${name}, layout shift`,
      samples: each.map(({ layoutShift }) => layoutShift),
      pick: maximum,
      atMost: 0.02,
    });
  }
}

function prepareSides() {
  const full = `${seededRegistry}/${thousandRepositoryName}`;
  return { from: `${full}:v1.0.0`, to: `${full}:v1.1.0` };
}

function reportScores(report: Report, name: string, scores: LighthouseScores[]): void {
  report.figure(
    `${name}, performance`,
    scores.map(({ performance }) => performance),
  );
  report.figure(
    `${name}, largest paint`,
    scores.map(({ largestPaintMs }) => largestPaintMs),
    "ms",
  );
  report.figure(
    `${name}, blocking time`,
    scores.map(({ blockingMs }) => blockingMs),
    "ms",
  );
}
