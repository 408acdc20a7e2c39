/** The begins of all steps of a window, in a time zone: the step that the window begins in is the first. */
export function listSteps(from: Date, to: Date, step: "hour" | "day" | "week", zone: string): Date[] {
  const starts: Date[] = [];
  let at = beginOf(from, step, zone);
  while (at < to && starts.length < 1_000) {
    starts.push(at);
    at = after(at, step, zone);
  }
  return starts;
}

const hourMs = 3_600_000;

/** As Postgres's date_trunc with a zone has it. */
function beginOf(at: Date, step: "hour" | "day" | "week", zone: string): Date {
  if (step === "hour") {
    // Zones may be off by half an hour.
    const { minute, second } = wallClock(at, zone);
    return new Date(at.getTime() - (minute * 60 + second) * 1_000 - at.getUTCMilliseconds());
  }
  const wall = wallClock(at, zone);
  const back = step === "week" ? (wall.weekday + 6) % 7 : 0;
  return findWall(Date.UTC(wall.year, wall.month - 1, wall.day - back), zone);
}

function after(at: Date, step: "hour" | "day" | "week", zone: string): Date {
  if (step === "hour") return new Date(at.getTime() + hourMs);
  const { year, month, day } = wallClock(at, zone);
  return findWall(Date.UTC(year, month - 1, day + (step === "week" ? 7 : 1)), zone);
}

/** The moment at which clocks of the zone show this midnight, or what comes right after where it is left out. */
function findWall(wallMs: number, zone: string): Date {
  let guess = wallMs;
  for (let turn = 0; turn < 3; turn++) {
    const { year, month, day, hour, minute, second } = wallClock(new Date(guess), zone);
    const off = Date.UTC(year, month - 1, day, hour, minute, second) - wallMs;
    if (off === 0) return new Date(guess);
    guess -= off;
  }
  return new Date(guess);
}

const formats = new Map<string, Intl.DateTimeFormat>();
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function wallClock(at: Date, zone: string) {
  let format = formats.get(zone);
  if (!format) {
    if (formats.size > 500) formats.clear();
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      weekday: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    year: Number(parts.year),
    month: Number(parts.month),
    day: Number(parts.day),
    hour: Number(parts.hour),
    minute: Number(parts.minute),
    second: Number(parts.second),
    weekday: weekdays.indexOf(parts.weekday ?? ""),
  };
}

export interface KeyedCount {
  /** Null where it is one of many others. */
  key: string | null;
  /** The begin of a step. */
  at: Date;
  count: number;
}

export interface SeriesLine {
  key: string | null;
  total: number;
  counts: number[];
}

/** Rows as one line of counts for each key, the largest first, and what was already added up as others last. */
export function arrangeSeries(rows: readonly KeyedCount[], steps: readonly Date[]): SeriesLine[] {
  const index = new Map(steps.map((at, position) => [at.getTime(), position]));
  const lines = new Map<string | null, SeriesLine>();
  for (const { key, at, count } of rows) {
    const line = lines.get(key) ?? { key, total: 0, counts: steps.map(() => 0) };
    lines.set(key, line);
    // A step that began before the window is its first.
    const position = index.get(at.getTime()) ?? 0;
    line.counts[position] = (line.counts[position] ?? 0) + count;
    line.total += count;
  }
  return [...lines.values()].sort(
    (a, b) =>
      Number(a.key === null) - Number(b.key === null) ||
      b.total - a.total ||
      ((a.key ?? "") < (b.key ?? "") ? -1 : 1),
  );
}
