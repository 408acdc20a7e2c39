import { describe, expect, it } from "vitest";
import { formatStep, prepareAxisLabels } from "@/components/charts/format-step";

const hour = 3_600_000;
const every = (from: string, count: number, length: number) =>
  Array.from({ length: count }, (_, index) => Date.parse(from) + index * length);
const texts = (labels: { text: string }[]) => labels.map(({ text }) => text);

describe("a step in words", () => {
  const at = Date.parse("2026-11-28T22:00:00Z");

  it("is said in the zone of the reader", () => {
    expect(formatStep(at, at + hour, "hour", "UTC")).toBe("Sat 28 Nov, 22:00 to 23:00");
    expect(formatStep(at, at + hour, "hour", "Asia/Tokyo")).toBe("Sun 29 Nov, 07:00 to 08:00");
    expect(formatStep(at, at + 24 * hour, "day", "Asia/Tokyo")).toBe("Sun 29 Nov");
    expect(formatStep(at, at + 168 * hour, "week", "UTC")).toBe("the week of 28 Nov 2026");
  });
});

describe("labels of a time axis", () => {
  it("are every six hours of a day, midnight being the day itself", () => {
    const labels = prepareAxisLabels(every("2026-11-27T10:00:00Z", 25, hour), "hour", "UTC");
    expect(texts(labels)).toEqual(["12:00", "18:00", "28 Nov", "06:00"]);
    expect(labels[0]?.index).toBe(2);
  });

  it("are days of a week, at midnight of the reader", () => {
    const labels = prepareAxisLabels(every("2026-11-21T10:00:00Z", 169, hour), "hour", "Europe/Berlin");
    expect(texts(labels)).toEqual(["Sun 22", "Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28"]);
    expect(labels[0]?.index).toBe(13);
  });

  it("are few enough to stand apart, whatever the window", () => {
    const days = (count: number) =>
      prepareAxisLabels(every("2026-08-30T00:00:00Z", count, 24 * hour), "day", "UTC");
    expect(texts(days(31))[0]).toBe("30 Aug");
    for (const count of [31, 91]) expect(days(count).length).toBeLessThan(8);
    const weeks = prepareAxisLabels(every("2025-12-01T00:00:00Z", 53, 168 * hour), "week", "UTC");
    expect(texts(weeks)).toEqual(["Jan", "Mar", "May", "Jul", "Sept", "Nov"]);
  });
});
