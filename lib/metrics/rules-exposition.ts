export interface Sample {
  labels?: Readonly<Record<string, string | number>>;
  value: number;
}

export interface MetricFamily {
  name: string;
  help: string;
  type: "counter" | "gauge";
  samples: readonly Sample[];
}

export const expositionType = "text/plain; version=0.0.4; charset=utf-8";

/** Prometheus' text format 0.0.4. A family without samples is left out. */
export function formatExposition(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(
      ({ name, help, type, samples }) =>
        `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${samples
          .map(({ labels, value }) => `${name}${formatLabels(labels)} ${formatValue(value)}\n`)
          .join("")}`,
    )
    .join("");
}

function formatLabels(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels ?? {});
  if (pairs.length === 0) return "";
  return `{${pairs.map(([name, value]) => `${name}="${escapeLabel(String(value))}"`).join(",")}}`;
}

const longest = 120;

function escapeLabel(text: string): string {
  return (
    [...text.toWellFormed()]
      .slice(0, longest)
      .join("")
      // What would begin a line, or hide one, for a reader who is less strict than Prometheus.
      .replace(/[\p{Cc}\u2028\u2029]+/gu, (found) => (found === "\n" ? found : " "))
      .replaceAll("\\", "\\\\")
      .replaceAll('"', '\\"')
      .replaceAll("\n", "\\n")
  );
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
