import type { Descriptor } from "#lib/oci/descriptor";
import { isRegistryError } from "#lib/oci/errors";
import type { FetchedManifest } from "#lib/oci/manifests";
import { aborted } from "#lib/oci/pause";

export type GraphBudget = { maxNodes: number; maxDepth: number; maxBytes: number; maxMs: number };

export const defaultGraphBudget: GraphBudget = {
  maxNodes: 2_000,
  maxDepth: 8,
  maxBytes: 64 * 1024 * 1024,
  maxMs: 60_000,
};

export type GraphNode = {
  digest: string;
  depth: number;
  /** How the walk came here first. */
  via: "root" | "child" | "referrer";
  parent: string | null;
  manifest: FetchedManifest;
};

export type Graph = {
  /** In the order of the walk: nearer ones first. */
  nodes: Map<string, GraphNode>;
  /** Named by an index or a list of referrers, but not in the registry, or refused as broken. */
  missing: { digest: string; parent: string | null; reason: string }[];
  /** The budgets that ended the walk early; empty when the graph is whole. */
  exceeded: ("nodes" | "depth" | "bytes" | "time")[];
  /** Something refers to one of its own ancestors. */
  isCyclic: boolean;
};

export type GraphWalk = {
  root: string;
  getManifest: (digest: string) => Promise<FetchedManifest>;
  /** Given: the walk goes up to referrers too. */
  listReferrers?: (digest: string) => Promise<readonly Descriptor[]>;
  budget?: Partial<GraphBudget>;
  signal?: AbortSignal;
  now?: () => number;
};

type Step = { digest: string; depth: number; via: GraphNode["via"]; parent: string | null };

const concurrency = 8;

/**
 * Walks an index and, if wanted, everything that refers to its manifests. Hostile graphs (deep, wide, cyclic,
 * endless) end at a budget, and the result says so. Throws when the root or a list of
 * referrers cannot be read, and on abort.
 */
export async function walkGraph(walk: GraphWalk): Promise<Graph> {
  const budget = { ...defaultGraphBudget, ...walk.budget };
  const now = walk.now ?? (() => performance.now());
  const endAt = now() + budget.maxMs;
  const graph: Graph = { nodes: new Map(), missing: [], exceeded: [], isCyclic: false };
  const seen = new Set([walk.root]);
  const parents = new Map<string, string | null>([[walk.root, null]]);
  let bytes = 0;
  const exceed = (what: Graph["exceeded"][number]) => {
    if (!graph.exceeded.includes(what)) graph.exceeded.push(what);
  };

  const visit = async (step: Step): Promise<Step[]> => {
    if (walk.signal?.aborted) throw aborted();
    let manifest: FetchedManifest;
    try {
      manifest = await walk.getManifest(step.digest);
    } catch (error) {
      if (step.parent === null || !isRegistryError(error) || error.kind === "aborted") throw error;
      graph.missing.push({ digest: step.digest, parent: step.parent, reason: error.message });
      return [];
    }
    bytes += manifest.sizeBytes;
    graph.nodes.set(step.digest, { ...step, manifest });
    const referrers = (await walk.listReferrers?.(step.digest)) ?? [];
    const children = manifest.parsed.kind === "index" ? manifest.parsed.manifests : [];
    const next: Step[] = [];
    const add = (digest: string, via: GraphNode["via"]) => {
      if (seen.has(digest)) {
        if (isAncestor(parents, step.digest, digest)) graph.isCyclic = true;
        return;
      }
      if (step.depth >= budget.maxDepth) return exceed("depth");
      if (seen.size >= budget.maxNodes) return exceed("nodes");
      seen.add(digest);
      parents.set(digest, step.digest);
      next.push({ digest, depth: step.depth + 1, via, parent: step.digest });
    };
    for (const child of children) add(child.digest, "child");
    for (const referrer of referrers) add(referrer.digest, "referrer");
    return next;
  };

  let level: Step[] = [{ digest: walk.root, depth: 0, via: "root", parent: null }];
  while (level.length > 0) {
    const next: Step[] = [];
    for (let index = 0; index < level.length; index += concurrency) {
      if (bytes >= budget.maxBytes) exceed("bytes");
      if (now() >= endAt) exceed("time");
      if (graph.exceeded.includes("bytes") || graph.exceeded.includes("time")) return graph;
      const found = await Promise.all(level.slice(index, index + concurrency).map(visit));
      next.push(...found.flat());
    }
    level = next;
  }
  return graph;
}

function isAncestor(parents: ReadonlyMap<string, string | null>, from: string, digest: string): boolean {
  for (let at: string | null | undefined = from; at !== null && at !== undefined; at = parents.get(at)) {
    if (at === digest) return true;
  }
  return false;
}
