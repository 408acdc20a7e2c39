export interface KeepSettings {
  /** Days that single events are kept; what was added up from them stays. */
  eventDays: number;
  /** Days that addresses of clients are kept in events and failures. */
  addressDays: number;
}

const limits = {
  WHARFINGER_KEEP_EVENTS_DAYS: { fallback: 400, least: 30, most: 3_650 },
  WHARFINGER_KEEP_ADDRESSES_DAYS: { fallback: 90, least: 1, most: 3_650 },
} as const;

/** For how long what sources told is kept. */
export function readKeepSettings(environment: Record<string, string | undefined>): {
  settings: KeepSettings;
  problems: string[];
} {
  const problems: string[] = [];
  const read = (name: keyof typeof limits): number => {
    const { fallback, least, most } = limits[name];
    const given = environment[name]?.trim() ?? "";
    if (given === "") return fallback;
    const days = Number(given);
    if (/^\d{1,5}$/.test(given) && days >= least && days <= most) return days;
    problems.push(`${name} must be a number of days from ${least} to ${most}.`);
    return fallback;
  };
  const eventDays = read("WHARFINGER_KEEP_EVENTS_DAYS");
  const addressDays = read("WHARFINGER_KEEP_ADDRESSES_DAYS");
  return { settings: { eventDays, addressDays }, problems };
}
