import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeLoad } from "./machine.ts";
import { formatFigure, formatSpread, median, type Samples } from "./statistics.ts";

export interface Goal {
  name: string;
  /** Each round's figure; empty means that it was not measured. */
  samples: Samples;
  /** How the rounds become one figure; the median unless something else is said. */
  pick?: (samples: Samples) => number;
  unit?: string;
  atLeast?: number;
  atMost?: number;
}

interface Line {
  name: string;
  samples: Samples;
  unit: string;
}

/** Prints what was measured as it comes, and keeps it for the file of results. */
export class Report {
  readonly #bench: string;
  readonly #lines: Line[] = [];
  readonly #goals: (Goal & { verdict: string })[] = [];
  readonly #loads: string[] = [];

  constructor(bench: string) {
    this.#bench = bench;
  }

  heading(text: string): void {
    const load = describeLoad();
    this.#loads.push(load);
    console.log(`\n${text}  [${load}]`);
  }

  note(text: string): void {
    console.log(`  ${text}`);
  }

  figure(name: string, samples: Samples, unit = ""): void {
    this.#lines.push({ name, samples, unit });
    console.log(`  ${name.padEnd(52)} ${formatSpread(samples, unit)}`);
  }

  goal(goal: Goal): void {
    const figure = (goal.pick ?? median)(goal.samples);
    const wanted = goal.atLeast === undefined ? `<= ${goal.atMost}` : `>= ${goal.atLeast}`;
    const unit = goal.unit ? ` ${goal.unit}` : "";
    const verdict = evaluateGoal(goal, figure);
    this.#goals.push({ ...goal, verdict });
    const spread = goal.samples.length > 1 && !goal.pick ? `, ${formatSpread(goal.samples)}` : "";
    console.log(
      `  ${verdict.padEnd(12)} ${goal.name}: ${formatFigure(figure)}${unit}, goal ${wanted}${unit}${spread}`,
    );
  }

  /** Writes everything to `<folder>/<bench>.json`; a goal that was missed is told again at the end. */
  finish(folder: string): void {
    this.#loads.push(describeLoad());
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${this.#bench}.json`);
    const body = {
      bench: this.#bench,
      command: process.argv.slice(2),
      at: new Date().toISOString(),
      loads: this.#loads,
      goals: this.#goals.map(({ pick: _, ...goal }) => goal),
      lines: this.#lines,
    };
    writeFileSync(path, `${JSON.stringify(body, null, 2)}\n`);
    const count = (verdict: string) => this.#goals.filter((goal) => goal.verdict === verdict).length;
    console.log(
      `\n${count("PASS")} goals met, ${count("MISS")} missed, ${count("not measured")} not measured [${describeLoad()}]`,
    );
    for (const goal of this.#goals) if (goal.verdict === "MISS") console.log(`  missed: ${goal.name}`);
    console.log(`All figures: ${path}`);
  }
}

export function evaluateGoal(
  goal: Pick<Goal, "atLeast" | "atMost">,
  figure: number,
): "PASS" | "MISS" | "not measured" {
  if (Number.isNaN(figure)) return "not measured";
  const met =
    figure >= (goal.atLeast ?? Number.NEGATIVE_INFINITY) &&
    figure <= (goal.atMost ?? Number.POSITIVE_INFINITY);
  return met ? "PASS" : "MISS";
}
