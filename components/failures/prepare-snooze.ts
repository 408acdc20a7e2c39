export interface SnoozeChoice {
  key: string;
  label: string;
  until: string;
}

const hourMs = 3_600_000;
const morning = 9;

/** Until when one may want to hear no more of it: in an hour, tomorrow morning where the reader is, in a week. */
export function prepareSnoozeChoices(now: number): SnoozeChoice[] {
  const tomorrow = new Date(now);
  tomorrow.setDate(tomorrow.getDate() + 1);
  tomorrow.setHours(morning, 0, 0, 0);
  const choice = (key: string, label: string, until: number) => ({
    key,
    label,
    until: new Date(until).toISOString(),
  });
  return [
    choice("hour", "For an hour", now + hourMs),
    choice("morning", "Until tomorrow, 9:00", tomorrow.getTime()),
    choice("week", "For a week", now + 7 * 24 * hourMs),
  ];
}
