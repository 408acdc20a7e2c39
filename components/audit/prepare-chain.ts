import type { AuditChain } from "#lib/audit/schema";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";

const placeWords: Record<AuditChain["checkpointPlaces"][number], string> = {
  file: "a file",
  log: "the log",
  webhook: "the webhook",
};

/** `12,402 changes, linked without a gap`; only what was checked is counted. */
export function describeLinks({ verifiedThrough }: AuditChain): string {
  if (verifiedThrough === null) return "Linked without a gap";
  if (verifiedThrough === 0) return "No change yet";
  return verifiedThrough === 1
    ? "One change, linked"
    : `${formatPlural(verifiedThrough, "change")}, linked without a gap`;
}

/** `a file, the log and the webhook`, without a webhook that takes none. */
export function describePlaces({ checkpointPlaces, webhook }: AuditChain): string {
  const words = checkpointPlaces
    .filter((place) => place !== "webhook" || !webhook?.failingSince)
    .map((place) => placeWords[place]);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Where the chain breaks, and how much of it holds before that. */
export function describeBreak({ firstBreak, verifiedThrough }: AuditChain): string {
  const what = firstBreak?.what ?? "The chain and its checkpoints do not agree.";
  if (verifiedThrough === null || verifiedThrough === 0 || firstBreak?.seq == null) return what;
  return verifiedThrough === 1
    ? `${what} The one change before agrees.`
    : `${what} The ${formatCount(verifiedThrough)} changes before agree.`;
}
