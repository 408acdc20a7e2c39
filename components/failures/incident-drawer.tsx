"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { IncidentDetail } from "#lib/failures/schema-incidents";
import { causeWords } from "@/components/failures/cause-words";
import { IncidentComments } from "@/components/failures/incident-comments";
import { IncidentDeeds } from "@/components/failures/incident-deeds";
import { IncidentEvidence } from "@/components/failures/incident-evidence";
import { IncidentFacts } from "@/components/failures/incident-facts";
import { failureQuery } from "@/components/failures/queries";
import { splitStep } from "@/components/failures/split-step";
import { stateTones, stateWord } from "@/components/failures/state-words";
import { ApiError, describeError } from "@/components/query/api-error";
import { ButtonLink } from "@/components/ui/button";
import { Drawer } from "@/components/ui/drawer";
import { ErrorState } from "@/components/ui/error-state";
import { escapeText } from "@/components/ui/escape-text";
import { formatPlural } from "@/components/ui/format-bytes";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Skeleton } from "@/components/ui/skeleton";
import { StaleBanner } from "@/components/ui/stale-banner";

/** One failed pull: why, the step that mends it, what happened in order, and what people say of it. */
export function IncidentDrawer({
  id,
  mayWrite,
  onClose,
}: {
  id: string;
  mayWrite: boolean;
  onClose: () => void;
}) {
  const query = useQuery(failureQuery(id));
  const { data: incident, error } = query;
  return (
    <Drawer
      open
      onClose={onClose}
      title={incident ? <SafeText text={incident.title} clip={false} /> : "A failed pull"}
    >
      {incident ? (
        <div className="flex flex-col gap-5">
          {error ? (
            <StaleBanner since={new Date(query.dataUpdatedAt).toISOString()}>
              {describeError(error)}
            </StaleBanner>
          ) : null}
          <Standing incident={incident} />
          <NextSteps incident={incident} />
          {mayWrite ? <IncidentDeeds incident={incident} /> : null}
          <IncidentEvidence incident={incident} />
          <IncidentFacts incident={incident} />
          <IncidentComments incident={incident} mayWrite={mayWrite} />
        </div>
      ) : error ? (
        <ErrorState
          title="This failure cannot be shown"
          requestId={error instanceof ApiError ? error.requestId : null}
          onRetry={() => void query.refetch()}
        >
          {describeError(error)}
        </ErrorState>
      ) : (
        <div role="status" aria-label="Loading" className="flex flex-col gap-5">
          <Skeleton className="h-5 w-2/3" />
          <Skeleton className="h-10" />
          <Skeleton className="h-8 w-48" />
          <Skeleton className="h-64" />
        </div>
      )}
    </Drawer>
  );
}

function Standing({ incident }: { incident: IncidentDetail }) {
  const { cause, state, count, firstAt, lastAt, snoozedUntil, acknowledgedBy, endedQuietly } = incident;
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted">
      <Pill tone={endedQuietly ? "plain" : stateTones[state]}>{stateWord(incident)}</Pill>
      <Pill title={cause}>{causeWords[cause]}</Pill>
      <span>
        {formatPlural(count, "time")} since <RelativeTime at={firstAt} />, last <RelativeTime at={lastAt} />
      </span>
      {state === "snoozed" && snoozedUntil ? (
        <span>
          · back <RelativeTime at={snoozedUntil} />
        </span>
      ) : null}
      {state === "acknowledged" && acknowledgedBy ? (
        <span>
          · by <SafeText text={acknowledgedBy} clip={false} />
        </span>
      ) : null}
      {incident.recoveredAt ? (
        <span>
          · the same client pulled it <RelativeTime at={incident.recoveredAt} />
        </span>
      ) : null}
    </p>
  );
}

function NextSteps({ incident: { explanation, nextSteps } }: { incident: IncidentDetail }) {
  const first = nextSteps.find(({ href }) => href !== null);
  const others = nextSteps.filter((step) => step !== first);
  const main = first ? splitStep(first.text) : null;
  return (
    <section aria-label="What to do" className="flex flex-col items-start gap-2.5">
      <p>
        <SafeText text={explanation} clip={false} />
      </p>
      {first?.href && main ? (
        <div className="flex flex-col gap-1">
          <ButtonLink
            href={first.href}
            variant="primary"
            className="h-auto min-h-8 self-start py-1 whitespace-normal"
          >
            <bdi>{escapeText(main.label)}</bdi>
          </ButtonLink>
          {main.detail ? (
            <p className="text-small text-muted">
              <SafeText text={main.detail} clip={false} />
            </p>
          ) : null}
        </div>
      ) : null}
      {others.length > 0 ? (
        <ul className="list-disc pl-4 text-muted [&>li]:py-0.5">
          {others.map(({ text, href }) => (
            <li key={`${href} ${text}`}>
              {href === null ? (
                <SafeText text={text} clip={false} />
              ) : (
                <Link href={href} prefetch={false} className="text-accent hover:underline">
                  <SafeText text={text} clip={false} />
                </Link>
              )}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
