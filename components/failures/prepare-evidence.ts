import { type Evidence, mostEvidence } from "#lib/failures/schema-incidents";
import { causeWords } from "@/components/failures/cause-words";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";

/** Who tells, as a heading of a line. */
const sideWords: Record<string, string> = {
  notification: "Registry",
  log: "Registry's log",
  "access-log": "Access log",
  kubernetes: "Kubernetes",
  denial: "Token endpoint",
  harbor: "Harbor",
  zot: "zot",
};

const deedWords: Record<Evidence["action"], string> = { push: "pushed", pull: "pulled", delete: "deleted" };

export function wordOfSide(side: string): string {
  return sideWords[side] ?? side;
}

/** What one side told, in a few words: `Registry's log: not found`, `Registry: deleted`. */
export function prepareEvidenceTitle({
  side,
  cause,
  action,
}: Pick<Evidence, "side" | "cause" | "action">): string {
  const said = cause === null ? deedWords[action] : causeWords[cause];
  return `${wordOfSide(side)}: ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
}

export interface EvidenceGroup {
  /** The newest of them. */
  newest: Evidence;
  title: string;
  place: string;
  count: number;
  /** When it was told first. */
  since: string;
}

/** The same told again right after itself is one line with a count; what is the newest stays the first. */
export function groupEvidence(evidence: readonly Evidence[]): EvidenceGroup[] {
  const groups: EvidenceGroup[] = [];
  let last = "";
  for (const one of evidence) {
    const title = prepareEvidenceTitle(one);
    const place = prepareEvidencePlace(one);
    const same = JSON.stringify([title, place, one.source, one.message]);
    const group = groups[groups.length - 1];
    if (group && same === last) {
      group.count += one.count;
      group.since = one.at;
    } else groups.push({ newest: one, title, place, count: one.count, since: one.at });
    last = same;
  }
  return groups;
}

/** By whom, from where, with what, as far as it was told. */
export function prepareEvidencePlace({ actor, address, agent, node }: Evidence): string {
  return [actor, address, node === null ? null : `node ${node}`, agent].filter(Boolean).join(" · ");
}

/** What failed apart from what went well beside it. A deletion stays with what failed: it may be why. */
export function splitEvidence(evidence: readonly Evidence[]): { telling: Evidence[]; ordinary: Evidence[] } {
  const isOrdinary = ({ cause, action }: Evidence) => cause === null && action !== "delete";
  return {
    telling: evidence.filter((one) => !isOrdinary(one)),
    ordinary: evidence.filter(isOrdinary),
  };
}

/** How many ordinary events are folded into one line; of more than are handed out, only that there are more. */
export function describeOrdinary(ordinary: readonly Evidence[]): string {
  const count = ordinary.reduce((sum, one) => sum + one.count, 0);
  if (ordinary.length >= mostEvidence) return `${formatCount(count)} or more ordinary events beside it`;
  return `${formatPlural(count, "ordinary event")} beside it`;
}
