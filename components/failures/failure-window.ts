import type { Step } from "@/components/charts/format-step";

export const failureWindows = ["24h", "7d", "30d", "90d", "1y"] as const;
export type FailureWindow = (typeof failureWindows)[number];

const dayMs = 24 * 3_600_000;

/** How long each is, in which steps it is drawn, and how it is said. */
export const windowFacts: Record<
  FailureWindow,
  { ms: number; step: Step; word: string; last: string; before: string }
> = {
  "24h": {
    ms: dayMs,
    step: "hour",
    word: "24 h",
    last: "in the last 24 hours",
    before: "the day before",
  },
  "7d": { ms: 7 * dayMs, step: "hour", word: "7 d", last: "in the last 7 days", before: "the week before" },
  "30d": {
    ms: 30 * dayMs,
    step: "day",
    word: "30 d",
    last: "in the last 30 days",
    before: "the 30 days before",
  },
  "90d": {
    ms: 90 * dayMs,
    step: "day",
    word: "90 d",
    last: "in the last 90 days",
    before: "the 90 days before",
  },
  "1y": { ms: 365 * dayMs, step: "week", word: "1 y", last: "in the last year", before: "the year before" },
};

/** The window as the API takes it. Hours begin everywhere at once, so only days and weeks need the reader's zone. */
export function toWindowQuery(window: FailureWindow, zone: string, now: number) {
  const { ms, step } = windowFacts[window];
  return {
    from: new Date(now - ms).toISOString(),
    to: new Date(now).toISOString(),
    step,
    zone: step === "hour" ? "UTC" : zone,
  };
}
