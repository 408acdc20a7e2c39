import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashLayers, listPrefixHashes } from "#lib/inventory/layer-prefix";

const digest = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 });

describe("beginnings of a list of layers", () => {
  it("are all found, longest first, and never the list itself", () => {
    fc.assert(
      fc.property(
        fc.array(
          digest.map((hex) => `sha256:${hex}`),
          { maxLength: 20 },
        ),
        (layers) => {
          const prefixes = listPrefixHashes(layers);
          expect(prefixes.map(({ layerCount }) => layerCount)).toEqual(
            Array.from({ length: Math.max(0, layers.length - 1) }, (_, index) => layers.length - 1 - index),
          );
          for (const { hash, layerCount } of prefixes)
            expect(hash).toBe(hashLayers(layers.slice(0, layerCount)));
        },
      ),
    );
  });

  it("depend on the order", () => {
    expect(hashLayers(["sha256:a", "sha256:b"])).not.toBe(hashLayers(["sha256:b", "sha256:a"]));
  });
});
