const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `12 s`, `4 min`, `26 h`, `9 d`, `3 mo`, `2 y`: the length of a time in its largest useful unit. */
export function formatDuration(milliseconds: number): string {
  const length = Math.abs(milliseconds);
  if (length < minute) return `${Math.floor(length / second)} s`;
  if (length < hour) return `${Math.floor(length / minute)} min`;
  if (length < 2 * day) return `${Math.floor(length / hour)} h`;
  if (length < 60 * day) return `${Math.floor(length / day)} d`;
  if (length < 2 * 365 * day) return `${Math.floor(length / (30.44 * day))} mo`;
  return `${Math.floor(length / (365.25 * day))} y`;
}

export function formatRelative(at: number, now: number): string {
  const passed = now - at;
  // Clocks of registries and of this machine differ a little: a few seconds ahead is still now.
  if (passed > -10 * second && passed < 5 * second) return "now";
  return passed > 0 ? `${formatDuration(passed)} ago` : `in ${formatDuration(passed)}`;
}

const exact = { dateStyle: "medium", timeStyle: "long" } as const;
// Made with their first use: a browser takes long over them, and on most pages the pointer alone asks for one.
let utcFormat: Intl.DateTimeFormat | undefined;
let localFormat: Intl.DateTimeFormat | undefined;

/** The exact time with its zone, in UTC or in the zone of the machine that formats it. */
export function formatExact(at: number, utc: boolean): string {
  if (utc) {
    utcFormat ??= new Intl.DateTimeFormat("en-GB", { ...exact, timeZone: "UTC" });
    return utcFormat.format(at);
  }
  localFormat ??= new Intl.DateTimeFormat("en-GB", exact);
  return localFormat.format(at);
}

/** The day alone: `1 Mar 2027`. */
export function formatDay(at: number, utc: boolean): string {
  return new Intl.DateTimeFormat("en-GB", {
    dateStyle: "medium",
    timeZone: utc ? "UTC" : undefined,
  }).format(at);
}
