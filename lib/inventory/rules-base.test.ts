import { describe, expect, it } from "vitest";
import { evaluateBase } from "#lib/inventory/rules-base";

const image = (repository: string) => ({ registry: "main", repository, reference: "22", digest: "sha256:b" });
const claim = { name: "docker.io/library/node:22", digest: "sha256:a" };
const byLayers = { layerCount: 2, image: image("base/node") };

describe("the base of an image", () => {
  it("is unknown without annotations and without an image that it begins with", () => {
    expect(evaluateBase({ claim: null, claimed: null, byLayers: null })).toBeNull();
  });

  it("is found by the layers, and says so", () => {
    expect(evaluateBase({ claim: null, claimed: null, byLayers })).toMatchObject({
      source: "layers",
      name: null,
      layerCount: 2,
      image: { repository: "base/node" },
    });
  });

  it("is what the annotations say when the layers bear it out, though a longer one would be found", () => {
    const claimed = { layerCount: 1, image: image("base/debian") };
    expect(evaluateBase({ claim, claimed, byLayers })).toMatchObject({
      source: "annotations",
      name: claim.name,
      layerCount: 1,
      image: { repository: "base/debian" },
      problem: null,
    });
  });

  it("is what the annotations say when nobody can check it; the layers found name the rest", () => {
    expect(evaluateBase({ claim, claimed: null, byLayers })).toMatchObject({
      source: "annotations",
      name: claim.name,
      layerCount: 2,
      image: { repository: "base/node" },
    });
    expect(evaluateBase({ claim, claimed: null, byLayers: null })).toMatchObject({
      layerCount: 0,
      image: null,
    });
  });

  it("is not what the annotations say when the layers speak against it", () => {
    const claimed = { layerCount: 0, image: image("base/debian") };
    expect(evaluateBase({ claim, claimed, byLayers })).toMatchObject({
      source: "layers",
      image: { repository: "base/node" },
      problem: expect.stringContaining("docker.io/library/node:22"),
    });
    expect(evaluateBase({ claim, claimed, byLayers: null })).toMatchObject({
      source: "annotations",
      layerCount: 0,
      problem: expect.stringContaining("does not begin with"),
    });
  });
});
