import { expect, it } from "vitest";
import { growReferrerTree, type ReferrerEntry } from "#lib/inventory/rules-referrers";

const entry = (subject: string, digest: string): ReferrerEntry => ({
  subject,
  digest,
  mediaType: "m",
  artifactType: null,
  kind: "artifact",
  sizeBytes: 1,
  annotations: {},
  via: "subject",
});

it("R5: a circle of referrers ends, each digest standing once", async () => {
  const arrows: Record<string, string[]> = { root: ["a", "b"], a: ["b", "root"], b: ["a"] };
  const tree = await growReferrerTree({
    root: "root",
    maxDepth: 10,
    maxNodes: 100,
    list: async (digests) =>
      digests.flatMap((subject) => (arrows[subject] ?? []).map((digest) => entry(subject, digest))),
  });
  expect(tree.nodes.map((node) => node.digest)).toEqual(["a", "b"]);
  expect(tree).toMatchObject({ truncated: false, nodes: [{ referrers: [] }, { referrers: [] }] });
});

it("R5: depth and number are bounded, and the tree says that it was cut", async () => {
  const endless = (width: number) => async (digests: readonly string[], depth: number) =>
    digests.flatMap((subject) =>
      Array.from({ length: width }, (_, index) => entry(subject, `${depth}-${subject}-${index}`)),
    );
  const deep = await growReferrerTree({ root: "root", maxDepth: 3, maxNodes: 1_000, list: endless(1) });
  expect(deep.truncated).toBe(true);
  expect(JSON.stringify(deep.nodes).split('"referrers"').length - 1).toBe(3);
  const wide = await growReferrerTree({ root: "root", maxDepth: 3, maxNodes: 50, list: endless(1_000) });
  expect(wide).toMatchObject({ truncated: true });
  expect(wide.nodes).toHaveLength(50);
});
