import { describe, expect, it } from "vitest";
import {
  planManifestDeletion,
  planTagDeletion,
  prepareThrowAwayManifest,
  readDeletionAbility,
} from "#lib/inventory/rules-deletion";
import { parseManifest } from "#lib/oci/manifest";
import { emptyJsonDigest, ociEmpty } from "#lib/oci/media-types";

const unknown = readDeletionAbility({ deletion: { on: true }, tagDeletion: 1 });

describe("deleting a tag", () => {
  it.each([
    [{ deletion: "on", tagDeletion: "by-name" } as const, false, "by-name"],
    [{ deletion: "on", tagDeletion: "by-digest-only" } as const, false, "throw-away-manifest"],
    [{ deletion: "off", tagDeletion: "by-name" } as const, false, "not-possible"],
    [unknown, false, "by-name"],
    [unknown, true, "not-possible"],
  ])("%j goes its way", (ability, disconnected, way) => {
    expect(planTagDeletion({ ability, disconnected, siblingCount: 0 }).way).toBe(way);
  });

  it("says how many other tags stay, and when the manifest keeps none", () => {
    const plan = (siblingCount: number) =>
      planTagDeletion({ ability: unknown, disconnected: false, siblingCount });
    expect(plan(2)).toMatchObject({
      freesManifest: false,
      explanation: expect.stringContaining("2 other tags"),
    });
    expect(plan(0)).toMatchObject({ freesManifest: true });
  });
});

it("P8: a manifest that an index names is kept", () => {
  const plan = (parentCount: number) =>
    planManifestDeletion({
      ability: unknown,
      disconnected: false,
      tagCount: 1,
      parentCount,
      referrerCount: 2,
    });
  expect(plan(1).possible).toBe(false);
  expect(plan(0)).toMatchObject({
    possible: true,
    explanation: expect.stringContaining("2 artifacts that refer"),
  });
});

it("a throw-away manifest is a manifest, and never the same twice", () => {
  const make = (once: string) =>
    prepareThrowAwayManifest("v1", once, { digest: emptyJsonDigest, mediaType: ociEmpty });
  expect(parseManifest(make("a").bytes, make("a").mediaType).kind).toBe("image");
  expect(Buffer.from(make("a").bytes).equals(Buffer.from(make("b").bytes))).toBe(false);
});
