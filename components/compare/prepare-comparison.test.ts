import { expect, it } from "vitest";
import type { ComparedSide, Comparison } from "#lib/compare/schema";
import {
  ageInWords,
  deltaInWords,
  prepareComparedLayers,
  prepareComparisonAnswer,
} from "@/components/compare/prepare-comparison";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const side: ComparedSide = {
  registry: "demo",
  repository: "team/api",
  reference: "v1",
  digest: digest("1"),
  platformDigest: digest("1"),
  kind: "image",
  sizeBytes: 100,
  platform: null,
  platforms: [],
  createdAt: null,
  pushedAt: null,
};

function comparison(over: Partial<Comparison>): Comparison {
  const none = { items: [], sizeBytes: 0 };
  return {
    from: side,
    to: side,
    identical: false,
    layers: { shared: none, added: none, removed: none },
    sizeDeltaBytes: 0,
    ageDeltaMs: null,
    platforms: { shared: [], added: [], removed: [] },
    config: { env: [], labels: [], annotations: [], ports: [], settings: [] },
    notes: [],
    ...over,
  };
}

const layer = (digit: string, sizeBytes: number) => ({ digest: digest(digit), sizeBytes, createdBy: null });

it("answers in one line", () => {
  const answer = prepareComparisonAnswer(
    comparison({
      layers: {
        shared: { items: [layer("1", 10), layer("2", 20)], sizeBytes: 30 },
        added: { items: [layer("3", 5)], sizeBytes: 5 },
        removed: { items: [], sizeBytes: 0 },
      },
      sizeDeltaBytes: 419_430,
      ageDeltaMs: 3 * 24 * 3_600_000,
      config: {
        env: [{ name: "A", from: null, to: "1", change: "added" }],
        labels: [],
        annotations: [],
        ports: [],
        settings: [],
      },
    }),
  );
  expect(answer).toEqual(["+410 KiB", "2 of 3 layers shared", "1 change in the config", "built 3 d later"]);
});

it("says that there is no difference", () => {
  expect(prepareComparisonAnswer(comparison({ identical: true }))).toEqual([
    "Both references lead to the same digest: there is no difference.",
  ]);
});

it("signs what grew and what shrank", () => {
  expect([deltaInWords(0), deltaInWords(2048), deltaInWords(-2048)]).toEqual([
    "same size",
    "+2.0 KiB",
    "−2.0 KiB",
  ]);
  expect([ageInWords(-60_000), ageInWords(10), ageInWords(null)]).toEqual([
    "built 1 min earlier",
    "built at the same time",
    null,
  ]);
});

it("draws every layer on one scale", () => {
  const rows = prepareComparedLayers(
    comparison({
      layers: {
        shared: { items: [layer("1", 1000)], sizeBytes: 1000 },
        added: { items: [layer("2", 500)], sizeBytes: 500 },
        removed: { items: [layer("3", 0)], sizeBytes: 0 },
      },
    }),
  );
  expect([rows.shared[0]?.barFraction, rows.added[0]?.barFraction, rows.removed[0]?.barFraction]).toEqual([
    1, 0.5, 0,
  ]);
});
