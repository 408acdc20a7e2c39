import type { Artifact, ReferrerNode } from "#lib/inventory/schema-artifact";
import {
  kindInWords,
  mediaTypeInWords,
  platformInWords,
  predicateInWords,
} from "@/components/artifacts/prepare-artifact-words";

export interface ReferrerRow {
  key: string;
  digest: string;
  /** 1 for what names the artifact itself. */
  level: number;
  title: string;
  /** Its type in words, or as it stands; null when it says no more than the title. */
  type: string | null;
  /** The type as it stands, for the hover. */
  wholeType: string;
  via: string;
  sizeBytes: number;
  annotations: [string, string][];
}

/** What the index knows about the attestations inside it. */
export type AttestationFacts = Pick<Artifact, "attestations" | "platforms">;

const viaWords: Record<ReferrerNode["via"], string> = {
  subject: "names this as its subject",
  index: "inside the index",
  tag: "found by its cosign tag",
};

const shownRows = 2000;

/** The tree as rows in reading order, each with its depth; a tree past the limit is cut, and says so. */
export function prepareReferrerRows(
  nodes: readonly ReferrerNode[],
  facts: AttestationFacts = { attestations: [], platforms: [] },
): { rows: ReferrerRow[]; cut: boolean } {
  const rows: ReferrerRow[] = [];
  const open = nodes.map((node) => ({ node, level: 1 })).reverse();
  while (open.length > 0) {
    if (rows.length >= shownRows) return { rows, cut: true };
    const next = open.pop();
    if (!next) break;
    rows.push(toRow(next.node, next.level, rows.length, facts));
    for (const child of next.node.referrers.toReversed()) open.push({ node: child, level: next.level + 1 });
  }
  return { rows, cut: false };
}

function toRow(node: ReferrerNode, level: number, index: number, facts: AttestationFacts): ReferrerRow {
  const attestation = facts.attestations.find((each) => each.digest === node.digest);
  const title = capital(titleOf(node, attestation?.predicateTypes ?? []));
  const wholeType = node.artifactType ?? node.mediaType;
  return {
    key: `${index}`,
    digest: node.digest,
    level,
    title,
    type: typeOf(node, title),
    wholeType,
    via: viaOf(node, attestation?.about ?? null, facts),
    sizeBytes: node.sizeBytes,
    annotations: Object.entries(node.annotations).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  };
}

function titleOf(node: ReferrerNode, stated: readonly string[]): string {
  const written =
    node.annotations["dev.sigstore.bundle.predicateType"] ?? node.annotations["in-toto.io/predicate-type"];
  const predicates = node.kind !== "attestation" ? [] : stated.length > 0 ? stated : written ? [written] : [];
  if (predicates.length > 0) return [...new Set(predicates.map(predicateInWords))].join(" and ");
  return kindInWords(node.kind);
}

/** The media type of a plain manifest says nothing; a type in words that repeats the title says nothing new. */
function typeOf(node: ReferrerNode, title: string): string | null {
  if (node.artifactType === null) return null;
  const words = mediaTypeInWords(node.artifactType) ?? node.artifactType;
  return words.toLowerCase() === title.toLowerCase() ? null : words;
}

function viaOf(node: ReferrerNode, about: string | null, facts: AttestationFacts): string {
  const platform = facts.platforms.find((each) => each.digest === about);
  return platform ? `${viaWords[node.via]}, about ${platformInWords(platform)}` : viaWords[node.via];
}

function capital(text: string): string {
  return /^[a-z]+( |$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
