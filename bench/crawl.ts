import { join } from "node:path";
import { findRegistryProgram } from "../scripts/stack/registry-program.ts";
import type { Run } from "../scripts/stack/run-to-completion.ts";
import { measureResync } from "./crawl-resync.ts";
import { measureThroughput } from "./crawl-throughput.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
import { openBenchStack } from "./harness/bench-stack.ts";
import { Report } from "./harness/report.ts";

/** B1 and B2: a first inventory beside wrk, and what the later ones cost. */
export async function benchCrawl(options: BenchOptions, run: Run): Promise<void> {
  const report = new Report("crawl");
  const stack = await openBenchStack(options, run);
  const program = await findRegistryProgram({
    home: join(options.root, ".wharfinger"),
    registryBin: process.env.REGISTRY_BIN,
    report: run.report,
  });
  const sizes = options.quick ? [100] : options.full ? [1_000, 10_000] : [1_000];
  for (const repositories of sizes)
    await measureThroughput({ options, report, stack, run, program, repositories });
  await measureResync({ options, report, stack, run, program, repositories: options.quick ? 40 : 1_000 });
  report.finish(join(options.home, "results"));
}
