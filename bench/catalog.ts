import type { Browser } from "@playwright/test";
import type { Run } from "../scripts/stack/run-to-completion.ts";
import { type ListVisit, type Site, type TagsVisit, visitList, visitTags } from "./catalog-browser.ts";
import { askMany, prepareQuestions, type Question } from "./catalog-http.ts";
import { thousandRepositoryName } from "./fixtures/names.ts";
import {
  type InventorySize,
  inventoryVersion,
  seededRegistry,
  seedInventory,
} from "./fixtures/seed-inventory.ts";
import { type BenchOptions, isWanted } from "./harness/bench-options.ts";
import { type BenchConsole, type BenchStack, openBenchStack } from "./harness/bench-stack.ts";
import { askFor, launchChromium } from "./harness/chromium.ts";
import { Report } from "./harness/report.ts";
import { signIn } from "./harness/sign-in.ts";
import { maximum, median, quantile, ratioOfRounds } from "./harness/statistics.ts";

interface SeededConsole {
  label: string;
  console: BenchConsole;
  site: Site;
}

export const catalogSizes: { full: InventorySize[]; quick: InventorySize[] } = {
  full: [
    { repositories: 10_000, tags: 1_000_000, largeTags: 100_000 },
    { repositories: 100_000, tags: 1_000_000, largeTags: 100_000 },
  ],
  quick: [
    { repositories: 500, tags: 10_000, largeTags: 3_000 },
    { repositories: 2_000, tags: 10_000, largeTags: 3_000 },
  ],
};

export const catalogParts = ["lists", "tags", "http"];

/** A1-A3: the list of repositories in a browser, and the lists over HTTP. */
export async function benchCatalog(options: BenchOptions, run: Run): Promise<void> {
  const report = new Report("catalog");
  const stack = await openBenchStack(options, run);
  const consoles: SeededConsole[] = [];
  const sizes = options.quick ? catalogSizes.quick : catalogSizes.full;
  for (const size of sizes) consoles.push(await openSeeded(stack, size, run));
  const browser = await launchChromium();
  run.onStop(() => browser.close());
  if (isWanted(options, "lists")) await measureLists(options, report, browser, consoles);
  if (isWanted(options, "tags")) await measureTags(options, report, browser, consoles);
  await browser.close();
  if (isWanted(options, "http")) await measureHttp(options, report, consoles);
  report.finish(`${options.home}/results`);
}

/** A console over a database with so many repositories. */
export async function openSeeded(stack: BenchStack, size: InventorySize, run: Run): Promise<SeededConsole> {
  const label = `${size.repositories.toLocaleString("en-US")} repositories`;
  const name = `catalog_${size.repositories}_${size.tags}`;
  const url = await stack.openSeeded(name, inventoryVersion, async (fresh) => {
    run.report(`Seeding ${label} and ${size.tags.toLocaleString("en-US")} tags`);
    await seedInventory(fresh, size);
  });
  const console = await stack.startConsole(name, url);
  const cookie = await signIn(console.url, "admin", console.adminPassword);
  const site = { name: label, url: console.url, cookie, listPath: "/images" };
  await warmUp(site, ["/", site.listPath, thousandPath]);
  return { label, console, site };
}

const thousandPath = `/images/${seededRegistry}/${thousandRepositoryName}`;
const warmingVisits = 30;

async function warmUp(site: Site, paths: string[]): Promise<void> {
  for (let visit = 0; visit < warmingVisits; visit++) for (const path of paths) await askFor(site, path);
}

async function measureLists(
  options: BenchOptions,
  report: Report,
  browser: Browser,
  consoles: SeededConsole[],
): Promise<void> {
  report.heading("The list of repositories in Chromium, a new context each time");
  const sites = consoles.map(({ site }) => site);
  if (options.peer !== null) {
    const url = new URL(options.peer);
    sites.push({
      name: "peer",
      url: url.origin,
      cookie: null,
      listPath: `${url.pathname}${url.search}${url.hash}`,
    });
  }
  // One visit of each that does not count: the browser starts its own parts then.
  for (const { site } of consoles) await visitList(browser, site, 1);
  const visits = new Map<string, ListVisit[]>(sites.map((site) => [site.name, []]));
  for (let round = 0; round < options.rounds; round++)
    for (const site of round % 2 === 0 ? sites : sites.toReversed())
      visits.get(site.name)?.push(await visitList(browser, site, site.name === "peer" ? 1 : 3));
  const of = (name: string | undefined, pick: (visit: ListVisit) => number) =>
    (visits.get(name ?? "") ?? []).map(pick);
  for (const { name } of sites) {
    report.note(name);
    report.figure(
      "  first row",
      of(name, (visit) => visit.firstRowMs),
      "ms",
    );
    report.figure(
      "  worst key of a visit, to the frame behind it",
      of(name, (visit) => maximum(visit.keys)),
      "ms",
    );
    report.figure("  worst Event Timing of a visit (0: all below 16 ms)", of(name, worstEvent), "ms");
    report.figure(
      "  longest frame while typing",
      of(name, (visit) => maximum(visit.frames)),
      "ms",
    );
    report.figure(
      "  calls",
      of(name, (visit) => visit.calls),
    );
    report.figure(
      "  transferred",
      of(name, (visit) => visit.bytes / 1024),
      "KiB",
    );
    report.figure(
      "  DOM nodes",
      of(name, (visit) => visit.nodes),
    );
    report.figure(
      "  heap after GC",
      of(name, (visit) => visit.heapMegabytes),
      "MiB",
    );
  }
  const [small, large] = sites.map((site) => site.name);
  const firstRow = (name: string | undefined) => of(name, (visit) => visit.firstRowMs);
  const keys = (visits.get(large ?? "") ?? []).flatMap((visit) => visit.keys);
  report.goal({ name: `A1 first row, ${small}`, samples: firstRow(small), unit: "ms", atMost: 240 });
  report.goal({
    name: "A1 first row, large / small",
    samples: ratioOfRounds(firstRow(large), firstRow(small)),
    atMost: 1.2,
  });
  report.goal({
    name: "A1 first row, peer / ours",
    samples: ratioOfRounds(firstRow("peer"), firstRow(small)),
    atLeast: 25,
  });
  report.goal({
    name: `A2 keystroke p98, ${large}`,
    samples: keys,
    pick: (all) => quantile(all, 0.98),
    unit: "ms",
    atMost: 24,
  });
  report.goal({
    name: "A2 worst keystroke, peer / ours",
    samples: ratioOfRounds(of("peer", worstKey), of(small, worstKey)),
    atLeast: 200,
  });
  report.goal({
    name: `A1 DOM nodes, ${large}`,
    samples: of(large, (visit) => visit.nodes),
    pick: maximum,
    atMost: 3_000,
  });
}

function worstEvent(visit: ListVisit): number {
  return visit.events.length === 0 ? 0 : maximum(visit.events);
}

function worstKey(visit: ListVisit): number {
  return Math.max(maximum(visit.keys), worstEvent(visit));
}

const peerCallsPerTagPage = 201;

async function measureTags(
  options: BenchOptions,
  report: Report,
  browser: Browser,
  consoles: SeededConsole[],
): Promise<void> {
  report.heading("The page of a repository with 1,000 tags");
  for (const { label, site } of consoles) {
    await visitTags(browser, site, thousandPath);
    const visits: TagsVisit[] = [];
    for (let round = 0; round < options.rounds; round++)
      visits.push(await visitTags(browser, site, thousandPath));
    report.note(label);
    report.figure(
      "  by its address, first row with size and date",
      visits.map((visit) => visit.coldMs),
      "ms",
    );
    report.figure(
      "  from the list, first row with size and date",
      visits.map((visit) => visit.inAppMs),
      "ms",
    );
    report.figure(
      "  calls by its address",
      visits.map((visit) => visit.coldCalls),
    );
    report.figure(
      "  calls from the list",
      visits.map((visit) => visit.inAppCalls),
    );
    report.goal({
      name: `A3 calls of a peer that asks the registry (${peerCallsPerTagPage}) / ours, ${label}`,
      samples: visits.map((visit) => peerCallsPerTagPage / Math.max(visit.coldCalls, visit.inAppCalls)),
      atLeast: 100,
    });
  }
}

interface Timing {
  one: number[];
  four: number[];
}

async function measureHttp(options: BenchOptions, report: Report, consoles: SeededConsole[]): Promise<void> {
  const perRound = Math.ceil((options.quick ? 40 : 300) / options.rounds);
  for (const { label, console } of consoles) {
    const questions = await prepareQuestions(console);
    for (const { path } of questions) await askMany(console, path, { connections: 4, times: 40 });
    report.heading(`Over HTTP, ${label}, ${perRound * options.rounds} requests each`);
    const timings = new Map<string, Timing>(questions.map(({ name }) => [name, { one: [], four: [] }]));
    for (let round = 0; round < options.rounds; round++)
      for (const { name, path } of round % 2 === 0 ? questions : questions.toReversed()) {
        const timing = timings.get(name);
        timing?.one.push(...(await askMany(console, path, { connections: 1, times: perRound })));
        timing?.four.push(...(await askMany(console, path, { connections: 4, times: perRound })));
      }
    for (const question of questions) reportQuestion(report, label, question, timings);
  }
}

function reportQuestion(
  report: Report,
  label: string,
  question: Question,
  timings: Map<string, Timing>,
): void {
  const timing = timings.get(question.name);
  if (!timing) return;
  for (const [connections, times] of Object.entries({
    "1 connection": timing.one,
    "4 connections": timing.four,
  })) {
    report.figure(`${question.name}, ${connections}, p50`, [median(times)], "ms");
    report.goal({
      name: `${question.name}, ${label}, ${connections}, p99`,
      samples: times,
      pick: (all) => quantile(all, 0.99),
      unit: "ms",
      atMost: 50,
    });
  }
  const first = question.first === undefined ? undefined : timings.get(question.first);
  if (first)
    report.goal({
      name: `${question.name} / its first page, p50, ${label}`,
      samples: [median(timing.one) / median(first.one)],
      atMost: 1.2,
    });
}
