// Measures the console on real parts: npm run bench -- <catalog|crawl|events|page|tokens> [--quick] [--full] [--rounds 5]
// [--rows 10000000: of events]
// [--only <part>,<part>: lists, tags, http of catalog; ingest, dashboards of events; weight, interactions, lighthouse of page]
// [--peer <address of another registry UI>] [--login] [--profile] [--home <folder>]. See docs/benchmarks.md.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { benchCatalog, catalogParts } from "../bench/catalog.ts";
import { benchCrawl } from "../bench/crawl.ts";
import { benchEvents, eventsParts } from "../bench/events.ts";
import type { BenchOptions } from "../bench/harness/bench-options.ts";
import { benchPage, pageParts } from "../bench/page.ts";
import { benchTokens } from "../bench/tokens.ts";
import { runToCompletion } from "./stack/run-to-completion.ts";
import { StartFault } from "./stack/start-fault.ts";

/** What --only may name. */
const parts: Record<string, readonly string[]> = {
  catalog: catalogParts,
  events: eventsParts,
  page: pageParts,
};
const benches = {
  catalog: benchCatalog,
  crawl: benchCrawl,
  events: benchEvents,
  page: benchPage,
  tokens: benchTokens,
};

await runToCompletion(async (run) => {
  const { name, options } = readCommandLine();
  await benches[name](options, run);
});

function readCommandLine(): { name: keyof typeof benches; options: BenchOptions } {
  const names = Object.keys(benches);
  const root = join(import.meta.dirname, "..");
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        home: { type: "string", default: join(".wharfinger", "bench") },
        quick: { type: "boolean", default: false },
        full: { type: "boolean", default: false },
        profile: { type: "boolean", default: false },
        login: { type: "boolean", default: false },
        peer: { type: "string" },
        rounds: { type: "string" },
        rows: { type: "string", default: "10000000" },
        only: { type: "string", default: "" },
      },
    });
    const name = names.find((known) => known === positionals[0]) as keyof typeof benches | undefined;
    const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
    if (!name || positionals.length !== 1) throw new Error("it takes one name");
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds is a number from 1 on");
    const rows = Number(values.rows);
    if (!Number.isInteger(rows) || rows < 1_000) throw new Error("--rows is a number from 1000 on");
    if (values.peer !== undefined && !URL.canParse(values.peer)) throw new Error("--peer is an address");
    const { quick, full, profile, login, peer } = values;
    const only = values.only.split(",").filter((part) => part !== "");
    const unknown = only.find((part) => !(parts[name] ?? []).includes(part));
    if (unknown !== undefined) throw new Error(`--only takes ${(parts[name] ?? []).join(", ")}`);
    const home = resolve(root, values.home);
    return {
      name,
      options: { root, home, quick, full, profile, login, rounds, rows, only, peer: peer ?? null },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new StartFault(
      `Say what to measure: npm run bench -- <${names.join("|")}> [--quick] [--rounds 5] (${reason}).`,
    );
  }
}
