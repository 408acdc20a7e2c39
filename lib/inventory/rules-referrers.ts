import type { ReferrerNode } from "#lib/inventory/schema-artifact";

/** One arrow: `digest` refers to `subject`. */
export type ReferrerEntry = Omit<ReferrerNode, "referrers"> & { subject: string };

export interface ReferrerGrowth {
  root: string;
  maxDepth: number;
  maxNodes: number;
  /** Everything that refers to one of the digests, at this depth. What comes first is believed. */
  list(digests: readonly string[], depth: number): Promise<ReferrerEntry[]>;
}

/** A tree level by level. Each digest stands once, so a circle ends; budgets end the rest. */
export async function growReferrerTree(
  growth: ReferrerGrowth,
): Promise<{ nodes: ReferrerNode[]; truncated: boolean }> {
  const nodes: ReferrerNode[] = [];
  const placed = new Map<string, ReferrerNode[]>([[growth.root, nodes]]);
  let level = [growth.root];
  for (let depth = 0; level.length > 0; depth++) {
    const entries = await growth.list(level, depth);
    const fresh = entries.filter((entry) => !placed.has(entry.digest));
    if (depth >= growth.maxDepth) return { nodes, truncated: fresh.length > 0 };
    const next: string[] = [];
    for (const { subject, ...entry } of fresh) {
      const siblings = placed.get(subject);
      if (!siblings || placed.has(entry.digest)) continue;
      if (placed.size > growth.maxNodes) return { nodes, truncated: true };
      const node: ReferrerNode = { ...entry, referrers: [] };
      siblings.push(node);
      placed.set(entry.digest, node.referrers);
      next.push(entry.digest);
    }
    level = next;
  }
  return { nodes, truncated: false };
}
