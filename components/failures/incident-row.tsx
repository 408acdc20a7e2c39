import { memo } from "react";
import type { Incident } from "#lib/failures/schema-incidents";
import { causeWords } from "@/components/failures/cause-words";
import { prepareWhere } from "@/components/failures/prepare-where";
import { stateTones, stateWord } from "@/components/failures/state-words";
import { BreakableText } from "@/components/ui/breakable-text";
import { Checkbox } from "@/components/ui/checkbox";
import { classNames } from "@/components/ui/class-names";
import { escapeText } from "@/components/ui/escape-text";
import { formatCount } from "@/components/ui/format-bytes";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { ViewLink } from "@/components/ui/view-link";

export const incidentRowHeight = 40;
/** On a phone a title has three lines, so that it can be read which image it is about. */
export const phoneIncidentRowHeight = 88;

/** One incident: what happened in a sentence, and under it why and where. */
export const IncidentRow = memo(function IncidentRow({
  incident,
  colour,
  index,
  href,
  showsState,
  isOpen,
  selected,
  onSelect,
  onOpen,
}: {
  incident: Incident;
  /** Of its cause, as the chart has it. */
  colour: string;
  index: number;
  href: string;
  showsState: boolean;
  /** It is the one beside the list. */
  isOpen: boolean;
  selected: boolean;
  /** Absent for whom nothing can be done with it. */
  onSelect?: (id: string) => void;
  onOpen: (id: string) => void;
}) {
  const { id, title, cause, state, count } = incident;
  const where = escapeText(prepareWhere(incident));
  return (
    <tr
      data-row={index}
      aria-rowindex={index + 2}
      className={classNames(
        "h-10 max-sm:h-22 border-b border-line last:border-b-0 focus-within:bg-accent-soft",
        selected || isOpen ? "bg-accent-soft" : "hover:bg-sunken/60",
      )}
    >
      {onSelect ? (
        <td className="pl-3.5 max-sm:hidden">
          <Checkbox
            aria-label={`Select ${escapeText(title)}`}
            checked={selected}
            onChange={() => onSelect(id)}
            className="block"
          />
        </td>
      ) : null}
      <td className="overflow-hidden pr-2 pl-3.5">
        <ViewLink
          data-row-link=""
          href={href}
          onClick={() => onOpen(id)}
          title={escapeText(title)}
          className="-mx-1 block rounded-[5px] px-1 font-medium max-sm:line-clamp-3 max-sm:[overflow-wrap:anywhere] sm:truncate"
        >
          <bdi>
            <BreakableText text={title} onPhone />
          </bdi>
        </ViewLink>
        <p className="flex min-w-0 items-center gap-1.5 text-small text-muted">
          <span
            className={classNames("size-2 shrink-0 rounded-[2px] bg-current", colour)}
            aria-hidden="true"
          />
          <span className="shrink-0 sm:hidden">{formatCount(count)} ×</span>
          <span className="shrink-0">{causeWords[cause]}</span>
          <bdi className="min-w-0 truncate text-faint" title={where}>
            {where}
          </bdi>
        </p>
      </td>
      <td className="px-2 text-right font-medium max-sm:hidden">{formatCount(count)}</td>
      <td className={classNames("px-2 text-muted", sinceColumn(showsState))}>
        <RelativeTime at={incident.firstAt} />
      </td>
      <td className="px-2 text-muted">
        <RelativeTime at={incident.lastAt} />
      </td>
      {showsState ? (
        <td className="px-2 max-lg:hidden">
          <Pill tone={incident.endedQuietly ? "plain" : stateTones[state]} title={describeState(incident)}>
            {stateWord(incident)}
          </Pill>
        </td>
      ) : null}
    </tr>
  );
});

/** Beside the state, on all but wide screens, there is no room for it and the names in a title. */
export function sinceColumn(showsState: boolean): string {
  return showsState ? "max-2xl:hidden" : "max-md:hidden";
}

function describeState({ state, acknowledgedBy, endedQuietly }: Incident): string | undefined {
  if (state === "acknowledged" && acknowledgedBy !== null) return `by ${acknowledgedBy}`;
  if (state === "recovered") return "The same client pulled it since";
  return endedQuietly ? "Neither a failure nor a success was heard of for a day" : undefined;
}
