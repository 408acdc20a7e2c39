import type { ReferrerNode } from "#lib/inventory/schema-artifact";
import {
  kindInWords,
  mediaTypeInWords,
  predicateInWords,
} from "@/components/artifacts/prepare-artifact-words";

export interface ReferrerRow {
  key: string;
  digest: string;
  /** 1 for what names the artifact itself. */
  level: number;
  /** Place among its siblings and how many they are, for readers that cannot see the indentation. */
  place: number;
  siblings: number;
  title: string;
  type: string;
  via: string;
  sizeBytes: number;
  annotations: [string, string][];
  hasChildren: boolean;
}

const viaWords: Record<ReferrerNode["via"], string> = {
  subject: "names this as its subject",
  index: "inside the index",
  tag: "found by its cosign tag",
};

const shownRows = 2000;

/** The tree as rows in reading order, each with its depth; a tree past the limit is cut, and says so. */
export function prepareReferrerRows(nodes: readonly ReferrerNode[]): { rows: ReferrerRow[]; cut: boolean } {
  const rows: ReferrerRow[] = [];
  const open = nodes.map((node, index) => ({ node, level: 1, place: index + 1, of: nodes.length })).reverse();
  while (open.length > 0) {
    if (rows.length >= shownRows) return { rows, cut: true };
    const next = open.pop();
    if (!next) break;
    const { node, level, place, of } = next;
    rows.push(toRow(node, level, place, of, rows.length));
    for (let index = node.referrers.length - 1; index >= 0; index--) {
      const child = node.referrers[index];
      if (child) open.push({ node: child, level: level + 1, place: index + 1, of: node.referrers.length });
    }
  }
  return { rows, cut: false };
}

function toRow(node: ReferrerNode, level: number, place: number, of: number, index: number): ReferrerRow {
  const type = node.artifactType ?? node.mediaType;
  return {
    key: `${index}`,
    digest: node.digest,
    level,
    place,
    siblings: of,
    title: titleOf(node),
    type,
    via: viaWords[node.via],
    sizeBytes: node.sizeBytes,
    annotations: Object.entries(node.annotations).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    hasChildren: node.referrers.length > 0,
  };
}

function titleOf(node: ReferrerNode): string {
  const predicate =
    node.annotations["dev.sigstore.bundle.predicateType"] ?? node.annotations["in-toto.io/predicate-type"];
  if (predicate !== undefined && node.kind === "attestation") return capital(predicateInWords(predicate));
  const known = mediaTypeInWords(node.artifactType);
  return capital(known ?? kindInWords(node.kind));
}

function capital(text: string): string {
  return /^[a-z]+( |$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
