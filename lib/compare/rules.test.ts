import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseCommonPlatform, diffConfigs, diffLayers, diffPlatforms, diffValues } from "#lib/compare/rules";
import type { ComparedLayer } from "#lib/compare/schema";
import type { ArtifactConfig } from "#lib/inventory/schema-artifact";

const layers = fc.array(
  fc
    .integer({ min: 0, max: 6 })
    .map((n): ComparedLayer => ({ digest: `d${n}`, sizeBytes: n * 10, createdBy: null })),
  { maxLength: 12 },
);
const values = fc
  .array(fc.tuple(fc.constantFrom("a", "b", "__proto__", "constructor"), fc.constantFrom("1", "2", "")))
  .map((entries) => new Map(entries));
const bytes = (items: readonly ComparedLayer[]) => items.reduce((total, layer) => total + layer.sizeBytes, 0);
const sorted = (items: readonly ComparedLayer[]) => items.map((layer) => layer.digest).sort();

describe("layers", () => {
  it("add up: shared and added are the one side, shared and removed the other, in number and bytes", () => {
    fc.assert(
      fc.property(layers, layers, (from, to) => {
        const { shared, added, removed } = diffLayers(from, to);
        expect(sorted([...shared.items, ...added.items])).toEqual(sorted(to));
        expect(sorted([...shared.items, ...removed.items])).toEqual(sorted(from));
        expect(shared.sizeBytes + added.sizeBytes).toBe(bytes(to));
        expect(shared.sizeBytes + removed.sizeBytes).toBe(bytes(from));
      }),
    );
  });

  it("of the same image differ in nothing, and the other way round is the mirror", () => {
    fc.assert(
      fc.property(layers, layers, (from, to) => {
        const same = diffLayers(from, from);
        expect([same.added.items, same.removed.items]).toEqual([[], []]);
        const one = diffLayers(from, to);
        const other = diffLayers(to, from);
        expect(sorted(one.added.items)).toEqual(sorted(other.removed.items));
        expect(sorted(one.shared.items)).toEqual(sorted(other.shared.items));
      }),
    );
  });
});

describe("values", () => {
  it("are mirrored when the sides are, and lead from one side to the other", () => {
    fc.assert(
      fc.property(values, values, (from, to) => {
        expect(diffValues(from, from)).toEqual([]);
        const changes = diffValues(from, to);
        const result = new Map<string, string>(from);
        for (const { name, to: value } of changes) {
          if (value === null) result.delete(name);
          else result.set(name, value);
        }
        expect([...result].sort()).toEqual([...to].sort());
        expect(diffValues(to, from).map(({ name, from: f, to: t }) => [name, t, f])).toEqual(
          changes.map(({ name, from: f, to: t }) => [name, f, t]),
        );
      }),
    );
  });

  it("of configs are named one by one", () => {
    const before = { ...emptyConfig, env: ["A=1", "B=2", "BARE"], user: "root", ports: ["80/tcp"] };
    const after = {
      ...emptyConfig,
      env: ["A=1", "B=3", "C=x=y"],
      entrypoint: ["/app"],
      labels: { team: "pay" },
    };
    const diff = diffConfigs({ config: before, annotations: {} }, { config: after, annotations: { n: "1" } });
    expect(diff).toEqual({
      env: [
        { name: "B", from: "2", to: "3", change: "changed" },
        { name: "BARE", from: "", to: null, change: "removed" },
        { name: "C", from: null, to: "x=y", change: "added" },
      ],
      labels: [{ name: "team", from: null, to: "pay", change: "added" }],
      annotations: [{ name: "n", from: null, to: "1", change: "added" }],
      ports: [{ name: "80/tcp", from: "80/tcp", to: null, change: "removed" }],
      settings: [
        { name: "entrypoint", from: null, to: '["/app"]', change: "added" },
        { name: "user", from: "root", to: null, change: "removed" },
      ],
    });
  });
});

it("platforms are shared, added and removed, and the first common one is compared", () => {
  const amd = { os: "linux", architecture: "amd64", variant: null };
  const arm = { os: "linux", architecture: "arm64", variant: "v8" };
  const s390 = { os: "linux", architecture: "s390x", variant: null };
  expect(diffPlatforms([amd, arm], [arm, s390])).toEqual({ shared: [arm], added: [s390], removed: [amd] });
  expect(chooseCommonPlatform([amd, arm], [arm, s390], undefined)).toBe("linux/arm64/v8");
  expect(chooseCommonPlatform([amd], [s390], undefined)).toBeNull();
});

const emptyConfig: ArtifactConfig = {
  entrypoint: [],
  cmd: [],
  env: [],
  user: null,
  ports: [],
  volumes: [],
  labels: {},
  workingDir: null,
  stopSignal: null,
  author: null,
  created: null,
};
