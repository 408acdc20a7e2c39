import { expect, it } from "vitest";
import { prepareSnoozeChoices } from "@/components/failures/prepare-snooze";

it("offers an hour, tomorrow at nine by the reader's clock, and a week", () => {
  const now = new Date(2026, 10, 30, 23, 50).getTime();
  const [hour, morning, week] = prepareSnoozeChoices(now).map(({ until }) => new Date(until));
  expect(hour?.getTime()).toBe(now + 3_600_000);
  expect([morning?.getMonth(), morning?.getDate(), morning?.getHours(), morning?.getMinutes()]).toEqual([
    11, 1, 9, 0,
  ]);
  expect(week?.getTime()).toBe(now + 7 * 24 * 3_600_000);
});
