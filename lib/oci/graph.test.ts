import { describe, expect, it } from "vitest";

import { digestOf } from "#lib/oci/digest";
import { RegistryError } from "#lib/oci/errors";
import { type GraphWalk, walkGraph } from "#lib/oci/graph";
import { parseManifest } from "#lib/oci/manifest";
import type { FetchedManifest } from "#lib/oci/manifests";
import { ociImageIndex, ociImageManifest } from "#lib/oci/media-types";
import { failureOf } from "#lib/oci/testing/failure-of";

const name = (text: string) => digestOf(text);

function fetched(digest: string, children: string[] | null, sizeBytes = 100): FetchedManifest {
  const config = { digest: name("config"), size: 2 };
  const manifests = children?.map((child) => ({ mediaType: ociImageManifest, digest: child, size: 1 }));
  const body =
    manifests === undefined
      ? { schemaVersion: 2, mediaType: ociImageManifest, config, layers: [] }
      : { schemaVersion: 2, mediaType: ociImageIndex, manifests };
  const parsed = parseManifest(Buffer.from(JSON.stringify(body)));
  return { digest, mediaType: parsed.mediaType, bytes: new Uint8Array(), sizeBytes, parsed };
}

/** Children by name; what is not named is an image. */
function walk(
  edges: Record<string, string[]>,
  options: Partial<GraphWalk> & { referrers?: Record<string, string[]> } = {},
) {
  const byDigest = new Map(Object.entries(edges).map(([from, to]) => [name(from), to.map(name)]));
  const { referrers, ...rest } = options;
  const descriptors = new Map(
    Object.entries(referrers ?? {}).map(([subject, list]) => [
      name(subject),
      list.map((entry) => ({ digest: name(entry) })),
    ]),
  );
  let loads = 0;
  const result = walkGraph({
    root: name("root"),
    getManifest: async (digest) => {
      loads += 1;
      return fetched(digest, byDigest.get(digest) ?? null);
    },
    ...(referrers === undefined
      ? {}
      : {
          listReferrers: async (digest: string) =>
            (descriptors.get(digest) ?? []).map(({ digest: found }) => ({
              mediaType: ociImageManifest,
              digest: found,
              sizeBytes: 1,
              artifactType: null,
              platform: null,
              annotations: {},
              urls: [],
            })),
        }),
    ...rest,
  });
  return result.then((graph) => ({ graph, loads }));
}

describe("walkGraph", () => {
  it("reads an index, its children and what refers to them, each once", async () => {
    const { graph, loads } = await walk(
      { root: ["a", "b"] },
      { referrers: { root: ["sig"], a: ["sbom", "sig"] } },
    );
    expect([...graph.nodes.values()].map((node) => [node.via, node.depth])).toEqual([
      ["root", 0],
      ["child", 1],
      ["child", 1],
      ["referrer", 1],
      ["referrer", 2],
    ]);
    expect(loads).toBe(5);
    expect(graph).toMatchObject({ exceeded: [], missing: [], isCyclic: false });
  });

  it("R5: notices cycles and does not follow them", async () => {
    const { graph, loads } = await walk({ root: ["a"], a: ["b"], b: ["root", "a", "b"] });
    expect(graph.isCyclic).toBe(true);
    expect(loads).toBe(3);
    const referring = await walk({}, { referrers: { root: ["x"], x: ["root"] } });
    expect(referring.graph.isCyclic).toBe(true);
    expect((await walk({ root: ["a", "b"], a: ["c"], b: ["c"] })).graph.isCyclic).toBe(false);
  });

  it("R5: ends at its depth", async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [index === 0 ? "root" : `n${index}`, [`n${index + 1}`]]),
    );
    const { graph } = await walk(chain, { budget: { maxDepth: 5 } });
    expect(graph.nodes.size).toBe(6);
    expect(graph.exceeded).toEqual(["depth"]);
  });

  it("R5: ends at its number of nodes", async () => {
    const wide = { root: Array.from({ length: 5_000 }, (_, index) => `n${index}`) };
    const { graph, loads } = await walk(wide, { budget: { maxNodes: 50 } });
    expect(graph.nodes.size).toBe(50);
    expect(loads).toBe(50);
    expect(graph.exceeded).toEqual(["nodes"]);
  });

  it("R5: ends at its bytes", async () => {
    const wide = { root: Array.from({ length: 100 }, (_, index) => `n${index}`) };
    const { graph } = await walk(wide, { budget: { maxBytes: 1_000 } });
    expect(graph.nodes.size).toBeLessThan(20);
    expect(graph.exceeded).toEqual(["bytes"]);
  });

  it("R5: ends at its time", async () => {
    let at = 0;
    const wide = { root: Array.from({ length: 100 }, (_, index) => `n${index}`) };
    const { graph } = await walk(wide, { budget: { maxMs: 10 }, now: () => (at += 4) });
    expect(graph.nodes.size).toBeLessThan(20);
    expect(graph.exceeded).toEqual(["time"]);
  });

  it("keeps what is missing apart from what is there", async () => {
    const getManifest = async (digest: string) => {
      if (digest === name("gone")) throw new RegistryError("not-found", "It is gone.");
      return fetched(digest, digest === name("root") ? [name("gone"), name("here")] : null);
    };
    const { graph } = await walk({}, { getManifest });
    expect(graph.nodes.size).toBe(2);
    expect(graph.missing).toEqual([{ digest: name("gone"), parent: name("root"), reason: "It is gone." }]);
  });

  it("throws when the root is missing, and on abort", async () => {
    const gone = async () => {
      throw new RegistryError("not-found", "It is gone.");
    };
    expect((await failureOf(walk({}, { getManifest: gone }))).kind).toBe("not-found");
    expect((await failureOf(walk({}, { signal: AbortSignal.abort() }))).kind).toBe("aborted");
  });
});
