import { expect, it } from "vitest";
import type { TagDeletionPlan } from "#lib/inventory/schema";
import type { ManifestDeletionPlan } from "#lib/inventory/schema-artifact";
import {
  linesOfBulk,
  prepareBulkDeletion,
  prepareManifestDeletion,
  prepareTagDeletion,
} from "@/components/deletion/prepare-deletion";

const one = `sha256:${"1".repeat(64)}`;
const two = `sha256:${"2".repeat(64)}`;

function plan(over: Partial<TagDeletionPlan>): TagDeletionPlan {
  return {
    registry: "demo",
    repository: "team/api",
    tag: "v1",
    digest: one,
    sizeBytes: 1024,
    siblings: [],
    siblingCount: 0,
    way: "by-name",
    explanation: "The registry deletes the tag.",
    protected: false,
    confirm: "team/api",
    freesManifest: true,
    ...over,
  };
}

it("P8: names the tags that share the digest and stay", () => {
  const many = Array.from({ length: 40 }, (_, index) => `s${index}`);
  const lines = prepareTagDeletion(plan({ siblings: many, siblingCount: 340, freesManifest: false }));
  const kept = lines.find((line) => line.names.length > 0);
  expect(kept).toMatchObject({ tone: "kept", moreNames: 328 });
  expect(kept?.text).toBe("340 other tags are on the same digest and will stay:");
  expect(lines.some((line) => line.text.startsWith("No bytes are freed"))).toBe(true);
});

it("says what may be freed, and that the way back stays open", () => {
  const text = prepareTagDeletion(plan({}))
    .map((line) => line.text)
    .join("\n");
  expect(text).toContain("up to 1.0 KiB");
  expect(text).toContain("can be put back");
});

it("offers no way back for what cannot be deleted", () => {
  const text = prepareTagDeletion(plan({ way: "not-possible" }))
    .map((line) => line.text)
    .join("\n");
  expect(text).not.toContain("can be put back");
});

it("counts a digest as freed when the whole of its tags is chosen", () => {
  const bulk = prepareBulkDeletion([
    plan({ tag: "a", siblings: ["b"], siblingCount: 1, freesManifest: false }),
    plan({ tag: "b", siblings: ["a"], siblingCount: 1, freesManifest: false }),
    plan({ tag: "c", digest: two, sizeBytes: 10, siblings: ["d"], siblingCount: 1, freesManifest: false }),
  ]);
  expect(bulk).toMatchObject({
    possible: ["a", "b", "c"],
    keptSiblings: ["d"],
    freedManifests: 1,
    freedBytes: 1024,
    protectedName: null,
  });
});

it("does not count as freed what has siblings that were not named, or what an index holds", () => {
  const bulk = prepareBulkDeletion([
    plan({ tag: "a", siblings: [], siblingCount: 140, freesManifest: false }),
    plan({ tag: "b", digest: two, freesManifest: false }),
  ]);
  expect(bulk).toMatchObject({ freedManifests: 0, freedBytes: 0, moreSiblings: 140 });
});

it("sets apart what cannot be deleted, and asks for the name of a protected repository", () => {
  const bulk = prepareBulkDeletion([
    plan({ tag: "a", way: "not-possible", explanation: "Deletion is off at this registry." }),
    plan({ tag: "b", protected: true, way: "throw-away-manifest" }),
  ]);
  expect(bulk.impossible).toEqual([{ tag: "a", reason: "Deletion is off at this registry." }]);
  expect(bulk.possible).toEqual(["b"]);
  expect(bulk.protectedName).toBe("team/api");
  expect(bulk.explanations).toHaveLength(1);
});

it("says everything that goes with a manifest", () => {
  const base: ManifestDeletionPlan = {
    tagsFingerprint: "0".repeat(32),
    tagsAsked: true,
    registry: "demo",
    repository: "team/api",
    digest: one,
    sizeBytes: 2048,
    tags: ["v1", "v2"],
    tagCount: 2,
    parents: [],
    referrers: [two],
    possible: true,
    explanation: "The registry deletes by digest.",
    protected: false,
    confirm: "team/api",
  };
  const lost = prepareManifestDeletion(base).filter((line) => line.tone === "lost");
  expect(lost.map((line) => line.names)).toContainEqual(["v1", "v2"]);
  expect(lost.map((line) => line.names)).toContainEqual([two]);
  const held = prepareManifestDeletion({ ...base, possible: false, parents: [two] });
  expect(held.every((line) => line.tone !== "lost")).toBe(true);
});

it("lists what goes and gathers what cannot be deleted under its reason", () => {
  const off = { way: "not-possible", explanation: "Deletion is off at this registry." } as const;
  const bulk = prepareBulkDeletion([
    plan({ tag: "a" }),
    plan({ tag: "b", ...off }),
    plan({ tag: "c", ...off }),
  ]);
  const lines = linesOfBulk(bulk, "team/api", ["a", "z"], 1);
  expect(lines[0]).toMatchObject({ tone: "lost", names: ["a", "z"] });
  expect(lines.at(-1)).toMatchObject({
    text: "Cannot be deleted: Deletion is off at this registry.",
    names: ["b", "c"],
  });
  const nothing = linesOfBulk(prepareBulkDeletion([plan({ ...off })]), "team/api", [], 0);
  expect(nothing.map((line) => line.tone)).toEqual(["how"]);
});
