import { type FailureWindow, windowFacts } from "@/components/failures/failure-window";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";

export interface FailureFigures {
  open: number;
  total: number;
  totalBefore: number;
  pulls: number | null;
  /** How much of each step the sources were heard; null where there was none. */
  heard: readonly (number | null)[];
}

const countedOpen = 1_000;

/** The title of the page: how many fail now. */
export function prepareTitle({ open }: Pick<FailureFigures, "open">): string {
  if (open === 0) return "No pull fails now";
  if (open >= countedOpen) return `${formatCount(countedOpen)} or more pulls fail now`;
  return `${formatPlural(open, "pull")} ${open === 1 ? "fails" : "fail"} now`;
}

/** The line under it: how many failed, more or fewer than before, and of how many. */
export function prepareAnswer(
  { total, totalBefore, pulls, heard }: Omit<FailureFigures, "open">,
  window: FailureWindow,
): string {
  const { last, before } = windowFacts[window];
  const failed = total === 0 ? `None failed ${last}` : `${formatCount(total)} failed ${last}`;
  const rate = pulls === null || total === 0 ? null : describeRate(total, total + pulls);
  // Before there was a source, nothing that is told is nothing that is known.
  const isNew = totalBefore === 0 && heard[0] === null && heard.some((share) => share !== null);
  const compared = isNew ? "as far as sources told" : compare(total, totalBefore, before);
  return [`${failed}, ${compared}`, rate].filter(Boolean).join(" · ");
}

function compare(total: number, totalBefore: number, before: string): string {
  if (totalBefore === 0) return total === 0 ? `nor did any ${before}` : `none ${before}`;
  if (total === 0) return `${formatCount(totalBefore)} ${before}`;
  if (total === totalBefore) return `as many as ${before}`;
  const ratio = total / totalBefore;
  if (ratio >= 3) return `${formatCount(Math.round(ratio))} times as many as ${before}`;
  const percent = Math.round(Math.abs(ratio - 1) * 100);
  if (percent === 0) return `about as many as ${before}`;
  return `${percent} % ${ratio > 1 ? "more" : "fewer"} than ${before}`;
}

function describeRate(failed: number, all: number): string {
  const percent = (failed / all) * 100;
  if (percent < 0.05) return "fewer than 0.1 % of all pulls";
  return `${percent >= 10 ? Math.round(percent) : percent.toFixed(1)} % of all pulls`;
}
