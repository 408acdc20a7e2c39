import type { Run } from "../scripts/stack/run-to-completion.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
export async function benchPage(_options: BenchOptions, _run: Run): Promise<void> {}
