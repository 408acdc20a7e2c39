import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatExposition } from "#lib/metrics/rules-exposition";
import { parseExposition } from "#lib/metrics/testing/parse-exposition";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const family = (value: number, labels?: Record<string, string | number>) => ({
  name: "wharfinger_things",
  help: "Things that are.",
  type: "gauge" as const,
  samples: [{ value, labels }],
});

describe("Prometheus' text format", () => {
  it("is written as it is described", () => {
    expect(
      formatExposition([
        family(2, { registry: "prod", id: 7 }),
        { name: "wharfinger_empty", help: "Nothing.", type: "counter", samples: [] },
      ]),
    ).toBe(
      '# HELP wharfinger_things Things that are.\n# TYPE wharfinger_things gauge\nwharfinger_things{registry="prod",id="7"} 2\n',
    );
  });

  it("says what is no finite number", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1e21, 1.5e-7])
      expect(parseExposition(formatExposition([family(value)])).samples[0]?.value).toBe(value);
  });

  it("stays one line a sample whatever a name holds", () => {
    const hostile = 'a"} 1\nwharfinger_up 0\r\n# HELP \\ \u2028 \u0000 \u0085';
    const text = formatExposition([family(1, { source: hostile })]);
    expect(text.split(/\r|\n|\u2028|\u0085/)).toHaveLength(4);
    const { samples } = parseExposition(text);
    expect(samples).toHaveLength(1);
    expect(samples[0]?.labels.source).toContain('a"} 1\nwharfinger_up 0');
  });

  it("can be read back for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.double(), (text, value) => {
        const { samples } = parseExposition(formatExposition([family(value, { source: text })]));
        expect(samples).toHaveLength(1);
        expect(samples[0]?.value === value || Number.isNaN(value)).toBe(true);
        expect([...(samples[0]?.labels.source ?? "")].length).toBeLessThanOrEqual(120);
      }),
      { numRuns: fuzzRuns(60, 3_000) },
    );
  });
});
