import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choosePlatform, interleaveHistory, toChart, toIsoTime } from "#lib/inventory/rules-artifact";

const layer = (ordinal: number) => ({
  ordinal,
  digest: `d${ordinal}`,
  sizeBytes: ordinal,
  mediaType: "layer",
  title: null,
  sharedTagCount: 0,
});
const step = (createdBy: string, emptyLayer: boolean) => ({
  createdAt: null,
  createdBy,
  author: null,
  comment: null,
  emptyLayer,
});

describe("layers beside their steps", () => {
  it("keep every layer once and in order, whatever the history says", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.array(fc.boolean(), { maxLength: 12 }),
        (count, empties) => {
          const layers = Array.from({ length: count }, (_, index) => layer(index));
          const rows = interleaveHistory(
            layers,
            empties.map((empty, index) => step(`s${index}`, empty)),
          );
          expect(rows.filter((row) => row.digest !== null).map((row) => row.digest)).toEqual(
            layers.map((row) => row.digest),
          );
          const fits = empties.filter((empty) => !empty).length === count;
          expect(rows).toHaveLength(fits ? empties.length : count);
          if (fits) expect(rows.map((row) => row.createdBy)).toEqual(empties.map((_, index) => `s${index}`));
        },
      ),
    );
  });
});

it("the platform asked for is chosen by name, by name with variant or by digest; without a wish one that is there", () => {
  const children = [
    { digest: "a", os: "linux", architecture: "arm64", variant: "v8", present: false },
    { digest: "b", os: "linux", architecture: "amd64", variant: null, present: true },
  ];
  const choose = (wish?: string) => choosePlatform(children, wish)?.digest ?? null;
  expect([
    choose(),
    choose("linux/arm64"),
    choose("linux/arm64/v8"),
    choose("b"),
    choose("linux/arm64/v7"),
    choose("windows/amd64"),
  ]).toEqual(["b", "a", "a", "b", null, null]);
});

it("X1: a chart is read whatever stands in it, and only text comes out", () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (name, more) => {
      const chart = toChart({ name, maintainers: more, dependencies: [more], keywords: more });
      expect(chart.name === null || typeof chart.name === "string").toBe(true);
      expect([chart.maintainers, chart.dependencies, chart.keywords].every(Array.isArray)).toBe(true);
    }),
  );
  expect(
    toChart({ name: "web", version: "1.2.3", maintainers: [{ name: "Ann" }], deprecated: true }),
  ).toMatchObject({
    name: "web",
    version: "1.2.3",
    maintainers: [{ name: "Ann", email: null }],
    deprecated: true,
  });
});

it("a time that no calendar has is no time", () => {
  expect(["2026-01-02T03:04:05+02:00", "never", null, "+275000-01-01T00:00:00Z"].map(toIsoTime)).toEqual([
    "2026-01-02T01:04:05.000Z",
    null,
    null,
    null,
  ]);
});
