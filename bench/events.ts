import type { Run } from "../scripts/stack/run-to-completion.ts";
import { measureDashboards } from "./events-dashboards.ts";
import { measureIngest } from "./events-ingest.ts";
import { type BenchOptions, isWanted } from "./harness/bench-options.ts";
import { openBenchStack } from "./harness/bench-stack.ts";
import { releaseDatabase } from "./harness/bench-worker.ts";
import { Report } from "./harness/report.ts";

export const eventsParts = ["ingest", "dashboards"];

/** C1 to C3: events through HTTP beside COPY, what dashboards cost beside the raw rows, and the audit's export. */
export async function benchEvents(options: BenchOptions, run: Run): Promise<void> {
  const report = new Report("events");
  const stack = await openBenchStack(options, run);
  if (isWanted(options, "ingest")) await measureIngest(options, report, stack, run);
  if (isWanted(options, "dashboards")) await measureDashboards(options, report, stack);
  await releaseDatabase();
  report.finish(`${options.home}/results`);
}
