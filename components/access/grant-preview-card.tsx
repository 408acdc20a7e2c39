"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import type { GrantPreview } from "#lib/grants/schema";
import { describeActions } from "@/components/access/describe-actions";
import { draftPrincipal, endOfDay, type GrantDraft } from "@/components/access/grant-draft";
import { GrantSentence } from "@/components/access/grant-sentence";
import { parsePrincipalReference } from "@/components/access/principal-reference";
import { describeError } from "@/components/query/api-error";
import { Card } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";

/** A region that scrolls inside a page is a trap on a phone: the rest is a number. */
const mostNames = 12;

/** What the grant that is being written will do: the sentence, what it matches now, what changes, and warnings. */
export function GrantPreviewCard({
  draft,
  complete,
  changing,
  query,
}: {
  draft: GrantDraft;
  /** A grant that is in force already: what it gives is not new. */
  changing: boolean;
  complete: boolean;
  query: UseQueryResult<GrantPreview>;
}) {
  const principal = parsePrincipalReference(draftPrincipal(draft));
  const preview = complete ? query.data : undefined;
  const isCatalog = draft.actions.includes("catalog");
  return (
    <Card title="What it will do" className="lg:sticky lg:top-16">
      <div aria-live="polite" className={classNames(query.isPlaceholderData && "stale-content")}>
        <div className="border-b border-line px-3.5 py-3">
          {complete && principal ? (
            <p className="text-lead">
              <GrantSentence
                principal={principal}
                actions={draft.actions}
                pattern={isCatalog ? null : draft.pattern.trim()}
                registry={draft.registry}
                expiresAt={endOfDay(draft.until)}
                reason={draft.reason.trim()}
              />
              {draft.until === "" ? <span className="text-danger"> For ever.</span> : null}
            </p>
          ) : (
            <p className="text-muted">
              As soon as it says who and where, this shows which repositories match and what changes.
            </p>
          )}
        </div>
        {complete && query.isError ? (
          <p role="alert" className="px-3.5 py-3 text-danger">
            {describeError(query.error)}
          </p>
        ) : null}
        {preview ? (
          <>
            {preview.warnings.length > 0 ? (
              <ul aria-label="Warnings" className="flex flex-col gap-1.5 border-b border-line px-3.5 py-3">
                {preview.warnings.map((warning) => (
                  <li key={`${warning.code} ${warning.message}`} className="flex items-start gap-2">
                    <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0 text-warn" />
                    <span className="min-w-0 text-warn [overflow-wrap:anywhere]">{warning.message}</span>
                  </li>
                ))}
              </ul>
            ) : null}
            {isCatalog ? null : (
              <>
                <Names
                  title={`Matches ${preview.matchCount === 0 ? "no repository" : formatPlural(preview.matchCount, "repository", "repositories")} now`}
                  names={preview.matches}
                  count={preview.matchCount}
                />
                <section className="px-3.5 py-3" aria-label="Gains">
                  <h3 className="font-semibold">{describeGains(preview.gainCount, changing)}</h3>
                  <ul className="pt-1">
                    {preview.gains.slice(0, mostNames).map((gain) => (
                      <li key={gain.repository} className="flex gap-2">
                        <code className="min-w-0 flex-1 py-0.5 [overflow-wrap:anywhere]">
                          {gain.repository}
                        </code>
                        <span className="text-accent">{describeActions(gain.actions)}</span>
                      </li>
                    ))}
                  </ul>
                  <More shown={Math.min(mostNames, preview.gains.length)} count={preview.gainCount} />
                </section>
              </>
            )}
          </>
        ) : null}
      </div>
    </Card>
  );
}

function describeGains(count: number, changing: boolean): string {
  if (count === 0)
    return changing
      ? "It gives nothing that other grants do not give"
      : "Nothing changes for what is there now";
  const where = formatPlural(count, "repository", "repositories");
  return changing ? `Through no other grant, in ${where}` : `New in ${where}`;
}

function Names({ title, names, count }: { title: string; names: string[]; count: number }) {
  return (
    <details className="border-b border-line px-3.5 py-3">
      <summary className="font-semibold">{title}</summary>
      <ul className="pt-1">
        {names.slice(0, mostNames).map((name) => (
          <li key={name}>
            <code className="[overflow-wrap:anywhere]">{name}</code>
          </li>
        ))}
      </ul>
      <More shown={Math.min(mostNames, names.length)} count={count} />
    </details>
  );
}

function More({ shown, count }: { shown: number; count: number }) {
  return count > shown ? (
    <p className="pt-1 text-small text-faint">and {formatCount(count - shown)} more</p>
  ) : null;
}
