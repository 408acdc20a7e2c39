export type Step = "hour" | "day" | "week";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
    formats.set(key, found);
  }
  return found.format(at);
}

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const weekday = { weekday: "short", day: "numeric", month: "short" } as const;

/** When a step was, in words: `Sat 28 Nov, 10:00 to 11:00`, `Sat 28 Nov`, `the week of 23 Nov 2026`. */
export function formatStep(at: number, end: number, step: Step, zone: string): string {
  if (step === "hour")
    return `${formatWeekday(at, zone)}, ${format(at, zone, clock)} to ${format(end, zone, clock)}`;
  if (step === "day") return formatWeekday(at, zone);
  return `the week of ${format(at, zone, { day: "numeric", month: "short", year: "numeric" })}`;
}

function formatWeekday(at: number, zone: string): string {
  return format(at, zone, weekday).replace(",", "");
}

export interface AxisLabel {
  /** Which step it stands under. */
  index: number;
  text: string;
}

/** Few enough labels that they stand apart on a phone, at times that a person would name. */
export function prepareAxisLabels(at: readonly number[], step: Step, zone: string): AxisLabel[] {
  const labels = at.flatMap((time, index) => labelOf(time, index, at, step, zone) ?? []);
  // A label at the very end would be cut off.
  return labels.filter(({ index }) => index < at.length * 0.96 || at.length < 8);
}

function labelOf(
  time: number,
  index: number,
  at: readonly number[],
  step: Step,
  zone: string,
): AxisLabel | null {
  if (step === "hour") {
    const hour = Number(format(time, zone, { hour: "2-digit", hourCycle: "h23" }));
    if (at.length > 48)
      return hour === 0 ? { index, text: format(time, zone, { weekday: "short", day: "numeric" }) } : null;
    if (hour % 6 !== 0) return null;
    return {
      index,
      text: hour === 0 ? format(time, zone, { day: "numeric", month: "short" }) : format(time, zone, clock),
    };
  }
  if (step === "day") {
    const every = at.length > 45 ? 14 : at.length > 10 ? 5 : 1;
    return index % every === 0
      ? { index, text: format(time, zone, { day: "numeric", month: "short" }) }
      : null;
  }
  const month = (each: number) => format(each, zone, { month: "short" });
  const before = at[index - 1];
  const isFirst = before !== undefined && month(before) !== month(time);
  const isOdd = Number(format(time, zone, { month: "numeric" })) % 2 === 1;
  return isFirst && isOdd ? { index, text: month(time) } : null;
}
