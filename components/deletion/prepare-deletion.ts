import type { TagDeletionPlan } from "#lib/inventory/schema";
import type { ManifestDeletionPlan } from "#lib/inventory/schema-artifact";
import { formatBytes, formatPlural } from "@/components/ui/format-bytes";

/** One line of what will be lost, kept, or done. */
export interface Consequence {
  tone: "lost" | "kept" | "how";
  text: string;
  /** Names that belong to the line. */
  names: string[];
  /** How many more there are than names. */
  moreNames: number;
}

const shownNames = 12;

export function prepareTagDeletion(plan: TagDeletionPlan): Consequence[] {
  const lines: Consequence[] = [
    line("lost", `The tag ${plan.tag} goes from ${plan.repository}. Pulls of it will fail.`),
  ];
  if (plan.siblingCount > 0) {
    const stay =
      plan.siblingCount === 1 ? "1 other tag is" : `${formatPlural(plan.siblingCount, "other tag")} are`;
    lines.push(line("kept", `${stay} on the same digest and will stay:`, plan.siblings, plan.siblingCount));
  }
  lines.push(line("how", plan.explanation));
  lines.push(line(plan.freesManifest ? "lost" : "kept", bytesOfTag(plan)));
  if (plan.way !== "not-possible")
    lines.push(line("kept", "Its history stays. It can be put back from there while the manifest exists."));
  return lines;
}

function bytesOfTag(plan: TagDeletionPlan): string {
  if (plan.freesManifest)
    return `No tag is left on the manifest. A collection of garbage at the registry may remove it, and up to ${formatBytes(plan.sizeBytes)} with it.`;
  return "No bytes are freed: the manifest is still in use.";
}

export function prepareManifestDeletion(plan: ManifestDeletionPlan): Consequence[] {
  const lines: Consequence[] = [];
  if (plan.possible) {
    lines.push(
      line("lost", `The manifest goes from ${plan.repository}. Pulls by its digest will fail, for good.`),
    );
    if (plan.tagCount > 0)
      lines.push(
        line(
          "lost",
          `${formatPlural(plan.tagCount, "tag")} on it will be gone too:`,
          plan.tags,
          plan.tagCount,
        ),
      );
    if (!plan.tagsAsked)
      lines.push(
        line("how", "The registry did not say which tags stand on it now: these are of the last look."),
      );
    if (plan.referrers.length > 0)
      lines.push(
        line(
          "lost",
          `${formatPlural(plan.referrers.length, "signature, SBOM or other referrer", "signatures, SBOMs and other referrers")} will speak of nothing:`,
          plan.referrers,
        ),
      );
  }
  if (plan.parents.length > 0)
    lines.push(
      line(
        "kept",
        `${formatPlural(plan.parents.length, "index names", "indexes name")} it, so it is kept:`,
        plan.parents,
      ),
    );
  lines.push(line("how", plan.explanation));
  if (plan.possible) {
    lines.push(
      line(
        "lost",
        `Up to ${formatBytes(plan.sizeBytes)} are freed once the registry collects its garbage; layers that others use stay.`,
      ),
    );
    lines.push(
      line("lost", "This cannot be undone from here: a tag can only be put back to a manifest that exists."),
    );
  }
  return lines;
}

export interface BulkDeletion {
  /** Tags that can be deleted, in the order chosen. */
  possible: string[];
  impossible: { tag: string; reason: string }[];
  /** Tags outside the selection that share a digest with it, and stay. */
  keptSiblings: string[];
  /** How many more siblings there are than were named. */
  moreSiblings: number;
  /** Manifests that keep no tag afterwards. */
  freedManifests: number;
  freedBytes: number;
  explanations: string[];
  protectedName: string | null;
}

/** What deleting several tags together means: siblings inside the selection go, those outside stay. */
export function prepareBulkDeletion(plans: readonly TagDeletionPlan[]): BulkDeletion {
  const chosen = new Set(plans.filter((plan) => plan.way !== "not-possible").map((plan) => plan.tag));
  const kept = new Set<string>();
  const unnamed = new Map<string, number>();
  const freed = new Map<string, number>();
  for (const plan of plans) {
    if (plan.way === "not-possible") continue;
    const outside = plan.siblings.filter((sibling) => !chosen.has(sibling));
    for (const sibling of outside) kept.add(sibling);
    const more = plan.siblingCount - plan.siblings.length;
    if (more > 0) unnamed.set(plan.digest, more);
    // A manifest without siblings may still be held as the child of an index: then the plan says so.
    const alone = plan.siblingCount === 0;
    if (alone ? plan.freesManifest : outside.length === 0 && more === 0)
      freed.set(plan.digest, plan.sizeBytes);
  }
  return {
    possible: [...chosen],
    impossible: plans
      .filter((plan) => plan.way === "not-possible")
      .map((plan) => ({ tag: plan.tag, reason: plan.explanation })),
    keptSiblings: [...kept].sort(),
    moreSiblings: [...unnamed.values()].reduce((sum, count) => sum + count, 0),
    freedManifests: freed.size,
    freedBytes: [...freed.values()].reduce((sum, bytes) => sum + bytes, 0),
    explanations: waysInWords(plans),
    protectedName: plans.find((plan) => plan.protected)?.confirm ?? null,
  };
}

function waysInWords(plans: readonly TagDeletionPlan[]): string[] {
  const ways = new Set(plans.map((plan) => plan.way));
  const words: string[] = [];
  if (ways.has("by-name"))
    words.push("This registry deletes each tag by its name; other tags are not touched.");
  if (ways.has("throw-away-manifest"))
    words.push(
      "This registry cannot delete a tag by name: each tag is moved to an empty manifest of its own, and that manifest is deleted. Other tags are not touched.",
    );
  return words;
}

/** The same as lines: what goes, what stays, how, and what cannot be deleted. `unplanned` tags were not looked at. */
export function linesOfBulk(
  bulk: BulkDeletion,
  repository: string,
  going: readonly string[],
  unplanned: number,
): Consequence[] {
  const lines: Consequence[] = [];
  if (going.length > 0)
    lines.push(
      line(
        "lost",
        `${formatPlural(going.length, "tag goes", "tags go")} from ${repository}. Pulls of ${going.length === 1 ? "it" : "them"} will fail:`,
        going,
      ),
    );
  if (unplanned > 0)
    lines.push(
      line(
        "how",
        `The last ${formatPlural(unplanned, "tag")} of them were not looked at beforehand: each is checked in its turn.`,
      ),
    );
  const kept = bulk.keptSiblings.length + bulk.moreSiblings;
  if (kept > 0)
    lines.push(
      line(
        "kept",
        `${formatPlural(kept, "other tag shares", "other tags share")} a digest with them and will stay:`,
        bulk.keptSiblings,
        kept,
      ),
    );
  for (const explanation of bulk.explanations) lines.push(line("how", explanation));
  if (bulk.freedManifests > 0)
    lines.push(
      line(
        "lost",
        `${formatPlural(bulk.freedManifests, "manifest keeps", "manifests keep")} no tag. A collection of garbage at the registry may remove ${bulk.freedManifests === 1 ? "it" : "them"}, and up to ${formatBytes(bulk.freedBytes)}.`,
      ),
    );
  else if (going.length > 0) lines.push(line("kept", "No bytes are freed: every manifest is still in use."));
  if (going.length > 0)
    lines.push(
      line("kept", "Their history stays. They can be put back from there while their manifests exist."),
    );
  const reasons = new Map<string, string[]>();
  for (const { tag, reason } of bulk.impossible) reasons.set(reason, [...(reasons.get(reason) ?? []), tag]);
  for (const [reason, tags] of reasons) lines.push(line("how", `Cannot be deleted: ${reason}`, tags));
  return lines;
}

function line(
  tone: Consequence["tone"],
  text: string,
  names: readonly string[] = [],
  total = names.length,
): Consequence {
  const shown = names.slice(0, shownNames);
  return { tone, text, names: shown, moreNames: Math.max(0, total - shown.length) };
}
