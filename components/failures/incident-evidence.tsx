"use client";

import type { Evidence, IncidentDetail } from "#lib/failures/schema-incidents";
import { causeWords } from "@/components/failures/cause-words";
import {
  describeOrdinary,
  type EvidenceGroup,
  groupEvidence,
  splitEvidence,
  wordOfSide,
} from "@/components/failures/prepare-evidence";
import { escapeText } from "@/components/ui/escape-text";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";
import { Moment } from "@/components/ui/moment";
import { Pill } from "@/components/ui/pill";
import { SafeText } from "@/components/ui/safe-text";

/** What failed, from every side, the newest first, each as it was told; what went well beside it is folded. */
export function IncidentEvidence({ incident: { evidence, sides, count } }: { incident: IncidentDetail }) {
  const { telling, ordinary } = splitEvidence(evidence);
  return (
    <section aria-label="What happened">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 pb-1.5">
        <h3 className="font-semibold">What happened</h3>
        {sides.map(({ side, cause, count: told }) => (
          <Pill key={side} title={`It says: ${causeWords[cause]}`}>
            {wordOfSide(side)} {formatCount(told)}
          </Pill>
        ))}
      </div>
      {count > 1 ? (
        <p className="pb-1.5 text-small text-faint">
          {sides.length > 1 ? "One failure told of by several sides counts once: " : ""}
          {formatPlural(count, "time")} in all. A client that asks again by itself counts again, as skopeo
          does where it is refused.
        </p>
      ) : null}
      {telling.length === 0 ? (
        <p className="text-muted">
          What was told is no longer kept, or not in the words of one event. The figures above stay.
        </p>
      ) : (
        <EvidenceLines evidence={telling} />
      )}
      {ordinary.length > 0 ? (
        <details className={telling.length === 0 ? "mt-1.5" : undefined}>
          <summary className="py-1.5 text-small text-muted hover:text-ink">
            {describeOrdinary(ordinary)}
          </summary>
          <EvidenceLines evidence={ordinary} />
        </details>
      ) : null}
    </section>
  );
}

function EvidenceLines({ evidence }: { evidence: readonly Evidence[] }) {
  return (
    <ol className="divide-y divide-line border-y border-line">
      {groupEvidence(evidence).map((group) => (
        <EvidenceLine key={group.newest.id} group={group} />
      ))}
    </ol>
  );
}

function EvidenceLine({ group: { newest, title, place, count, since } }: { group: EvidenceGroup }) {
  const { at, message, source, raw } = newest;
  return (
    <li className="grid grid-cols-[4.25rem_minmax(0,1fr)] gap-x-3 py-2">
      <Moment at={at} className="pt-px text-small text-faint" />
      <div className="min-w-0">
        <p className="font-medium">
          {title}
          {count > 1 ? (
            <span className="font-normal text-muted">
              {" "}
              · {formatPlural(count, "time")} since <Moment at={since} />
            </span>
          ) : null}
        </p>
        {message ? (
          <p className="line-clamp-3 text-small text-muted">
            <SafeText text={message} clip={false} mono />
          </p>
        ) : null}
        {place ? (
          <p className="text-small text-faint">
            <SafeText text={place} clip={false} />
          </p>
        ) : null}
        <details className="text-small">
          <summary className="w-fit text-muted hover:text-ink">
            As it came from “<bdi>{escapeText(source)}</bdi>”
          </summary>
          <pre className="mt-1 max-h-72 overflow-auto rounded-control border border-line bg-sunken/50 p-2 whitespace-pre-wrap [overflow-wrap:anywhere]">
            <SafeText
              text={typeof raw === "string" ? raw : (JSON.stringify(raw, null, 2) ?? "")}
              clip={false}
            />
          </pre>
        </details>
      </div>
    </li>
  );
}
