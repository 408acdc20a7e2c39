"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import type { AccessGrant, Suggestion } from "#lib/grants/schema";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { describeActions } from "@/components/access/describe-actions";
import { grantHref } from "@/components/access/grant-draft";
import { GrantSentence } from "@/components/access/grant-sentence";
import { accessKey, accessPaths, suggestionsQuery } from "@/components/access/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Button, ButtonLink } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Day } from "@/components/ui/day";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { formatPlural } from "@/components/ui/format-bytes";
import { Pill, type Tone } from "@/components/ui/pill";
import { RegistrySelect } from "@/components/ui/registry-select";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { SkeletonRows } from "@/components/ui/skeleton";

const kinds: Record<Suggestion["kind"], { word: string; tone: Tone }> = {
  unused: { word: "unused", tone: "warn" },
  "too-wide": { word: "too wide", tone: "danger" },
  expiring: { word: "ends soon", tone: "info" },
};

const deeds = {
  extend: { deed: "Let it last longer", done: "Lasts longer" },
  narrow: { deed: "Narrow it", done: "Narrowed" },
  revoke: { deed: "Revoke it", done: "Revoked" },
};

/** What can be taken away or narrowed, each with what the last 30 days would have lost. */
export function SuggestionsPage({
  registries,
  rights,
}: {
  registries: RegistryChoice[];
  rights: AccessRights;
}) {
  const asked = useSearchParams().get("registry") ?? "";
  const registry = registries.some(({ slug }) => slug === asked) ? asked : "";
  const query = useQuery(suggestionsQuery(registry));
  // What was done here stays on screen with the way back, though it is no suggestion any more.
  const [applied, setApplied] = useState<Suggestion[]>([]);
  const open = (query.data?.items ?? []).filter(({ id }) => !applied.some((each) => each.id === id));
  const items = [...applied, ...open];
  return (
    <AccessFrame current="suggestions" rights={rights}>
      <section
        aria-label="Suggestions"
        className="min-w-0 overflow-clip rounded-card border border-line bg-surface"
      >
        <FilterBar>
          <RegistrySelect
            registries={registries}
            every
            value={registry}
            onSlug={(slug) =>
              window.history.pushState(null, "", `/access/suggestions${slug ? `?registry=${slug}` : ""}`)
            }
          />
          <p className="text-small text-faint">
            Nothing changes until you say so, and each change can be undone.
          </p>
        </FilterBar>
        {query.isPending ? (
          <SkeletonRows rows={4} rowHeight={84} />
        ) : query.isError && items.length === 0 ? (
          <ErrorState
            title="The suggestions did not come"
            requestId={query.error instanceof ApiError ? query.error.requestId : null}
            onRetry={() => void query.refetch()}
          >
            {describeError(query.error)}
          </ErrorState>
        ) : items.length === 0 ? (
          <EmptyState title="Nothing to narrow">
            Grants that nobody used for 90 days, that reach further than what was used, or that end soon are
            listed here.
          </EmptyState>
        ) : (
          <ul className={classNames("divide-y divide-line", query.isPlaceholderData && "stale-content")}>
            {items.map((suggestion) => (
              <SuggestionRow
                key={suggestion.id}
                suggestion={suggestion}
                mayWrite={rights.write}
                applied={applied.some(({ id }) => id === suggestion.id)}
                onApplied={() => setApplied((before) => [...before, suggestion])}
                onUndone={() => setApplied((before) => before.filter(({ id }) => id !== suggestion.id))}
              />
            ))}
          </ul>
        )}
      </section>
    </AccessFrame>
  );
}

function SuggestionRow({
  suggestion,
  mayWrite,
  applied,
  onApplied,
  onUndone,
}: {
  suggestion: Suggestion;
  mayWrite: boolean;
  applied: boolean;
  onApplied: () => void;
  onUndone: () => void;
}) {
  const { grant, proposal, wouldHaveLost } = suggestion;
  const apply = useDeed<void, unknown>({
    request: () => ({ path: accessPaths.applySuggestion(suggestion.id), method: "POST" }),
    invalidates: [[...accessKey]],
    onDone: onApplied,
  });
  const undo = useDeed<void, AccessGrant>({
    request: () => ({ path: accessPaths.restore(grant.id), method: "POST" }),
    invalidates: [[...accessKey]],
    onDone: onUndone,
  });
  const { word, tone } = kinds[suggestion.kind];
  const failure = apply.error ?? undo.error;
  return (
    <li className="flex flex-wrap items-start gap-x-5 gap-y-2 px-3.5 py-3">
      <div className={classNames("min-w-0 flex-1 basis-80", applied && "stale-content")}>
        <p className="flex flex-wrap items-baseline gap-2">
          <Pill tone={tone}>{word}</Pill>
          <span className="font-semibold">
            <SafeText text={suggestion.text} clip={false} />
          </span>
        </p>
        <p className="pt-1">
          <GrantSentence {...grant} />
        </p>
        {proposal ? (
          <p className="pt-1 text-muted">
            {suggestion.kind === "expiring" ? "Then" : "Instead"}: {describeActions(proposal.actions)}{" "}
            {proposal.patterns.map((pattern, index) => (
              <span key={pattern}>
                {index > 0 ? ", " : ""}
                <code className="[overflow-wrap:anywhere]">{pattern}</code>
              </span>
            ))}
            {proposal.expiresAt ? (
              <>
                {" "}
                until <Day at={proposal.expiresAt} />
              </>
            ) : null}
          </p>
        ) : null}
        <p className="pt-1 text-small text-faint">
          {grant.useCount === 0 ? null : (
            <>
              Used {formatPlural(grant.useCount, "time")}, last <RelativeTime at={grant.lastUsedAt} /> ·{" "}
            </>
          )}
          written <RelativeTime at={grant.createdAt} />
          {" · "}
          {suggestion.kind === "expiring" ? describeEnd(wouldHaveLost) : describeLoss(wouldHaveLost)}
        </p>
        {failure ? (
          <p role="alert" className="pt-1 text-danger">
            {describeError(failure)}
          </p>
        ) : null}
      </div>
      {mayWrite ? (
        <div className="flex flex-wrap items-center gap-2">
          {applied ? (
            <>
              <span role="status" className="text-good">
                {deeds[suggestion.kind === "expiring" ? "extend" : proposal ? "narrow" : "revoke"].done}
              </span>
              <Button busy={undo.isPending} onClick={() => undo.mutate()}>
                Undo
              </Button>
            </>
          ) : (
            <>
              <ButtonLink href={grantHref(grant.id)} variant="ghost" prefetch={false}>
                Open
              </ButtonLink>
              <Button variant="primary" busy={apply.isPending} onClick={() => apply.mutate()}>
                {deeds[suggestion.kind === "expiring" ? "extend" : proposal ? "narrow" : "revoke"].deed}
              </Button>
            </>
          )}
        </div>
      ) : null}
    </li>
  );
}

function describeEnd({ uses }: Suggestion["wouldHaveLost"]): string {
  return uses === 0
    ? "nothing used it in the last 30 days"
    : `its end would have refused ${formatPlural(uses, "use")} of the last 30 days`;
}

function describeLoss({ uses, repositories }: Suggestion["wouldHaveLost"]): string {
  if (uses === 0) return "the last 30 days would have lost nothing";
  const where = repositories.length === 0 ? "" : ` of ${repositories.slice(0, 3).join(", ")}`;
  const more = repositories.length > 3 ? ` and ${repositories.length - 3} more` : "";
  return `the last 30 days would have lost ${formatPlural(uses, "use")}${where}${more}`;
}
