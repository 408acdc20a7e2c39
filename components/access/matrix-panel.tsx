"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { AccessMatrix, EffectiveItem, PrincipalShown } from "#lib/grants/schema";
import type { AccessRights } from "@/components/access/access-rights";
import { describeActions } from "@/components/access/describe-actions";
import { grantDraftHref, grantHref } from "@/components/access/grant-draft";
import { type MatrixCell, reachesColumn } from "@/components/access/prepare-matrix-cell";
import { formatPrincipalReference } from "@/components/access/principal-reference";
import { effectiveQuery, suggestionsQuery } from "@/components/access/queries";
import { describeError } from "@/components/query/api-error";
import { ButtonLink } from "@/components/ui/button";
import { Day } from "@/components/ui/day";
import { formatCount } from "@/components/ui/format-bytes";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Skeleton } from "@/components/ui/skeleton";

type Column = AccessMatrix["columns"][number];

/** Behind one cell: through which grants, how lately used, and what would narrow them. */
export function MatrixPanel({
  registry,
  principal,
  column,
  cell,
  rights,
}: {
  registry: string;
  principal: PrincipalShown;
  column: Column;
  cell: MatrixCell;
  rights: AccessRights;
}) {
  const isOne = column.isRepository && column.repositoryCount <= 1;
  const query = useInfiniteQuery(
    effectiveQuery({ registry, principal: principal.id, repository: isOne ? column.path : undefined }),
  );
  const items = (query.data?.pages.flatMap((page) => page.items) ?? []).filter(
    (item) => isOne || reachesColumn(item.pattern, column),
  );
  const asReference = formatPrincipalReference(principal);
  return (
    <div className="flex flex-col gap-3.5">
      {cell.warning ? <h3 className="text-lead font-semibold text-danger">{cell.warning}</h3> : null}
      {query.isPending ? <Skeleton className="h-24 w-full" /> : null}
      {query.isError ? (
        <p role="alert" className="text-danger">
          {describeError(query.error)}
        </p>
      ) : null}
      {query.data && items.length === 0 ? (
        <p className="text-muted">
          Nothing lets {principal.name} into <code>{column.path}</code>.
        </p>
      ) : null}
      {items.map((item) => (
        <Reach key={`${item.repository} ${item.pattern}`} item={item} registry={registry} rights={rights} />
      ))}
      {query.hasNextPage ? (
        <p className="text-small text-faint">There may be more: its page lists everything.</p>
      ) : null}
      <div className="flex flex-wrap gap-2 border-t border-line pt-3">
        {rights.write ? (
          <ButtonLink
            size="small"
            prefetch={false}
            href={grantDraftHref({
              principal: asReference,
              registry,
              pattern: isOne ? column.path : `${column.path}/**`,
              actions: ["pull"],
            })}
          >
            Write a grant here
          </ButtonLink>
        ) : null}
        <ButtonLink
          size="small"
          prefetch={false}
          href={`/access/who-can?by=principal&registry=${encodeURIComponent(registry)}&principal=${encodeURIComponent(principal.id)}`}
        >
          All that it may do
        </ButtonLink>
      </div>
    </div>
  );
}

function Reach({ item, registry, rights }: { item: EffectiveItem; registry: string; rights: AccessRights }) {
  const { data: suggestions } = useQuery({ ...suggestionsQuery(registry), staleTime: 60_000 });
  const grantIds = [...new Set(item.because.flatMap(({ grantId }) => (grantId === null ? [] : [grantId])))];
  const suggestion = suggestions?.items.find(({ grant }) => grantIds.includes(grant.id));
  const [grantId] = grantIds;
  return (
    <div className="flex flex-col gap-2 rounded-card border border-line p-3">
      <p className="[overflow-wrap:anywhere]">
        <span className="font-semibold">{describeActions(item.actions)}</span>{" "}
        <code>{item.pattern ?? item.repository}</code>
        {item.expiresAt ? (
          <>
            {" "}
            until <Day at={item.expiresAt} />
          </>
        ) : (
          <span className="text-faint"> without an end</span>
        )}
      </p>
      <ul className="flex flex-col gap-1 text-small text-muted">
        {item.because.map((because) => (
          <li key={`${because.grantId} ${because.text}`}>
            <SafeText text={because.text} clip={false} />{" "}
            {because.grantId ? (
              <Link href={grantHref(because.grantId)} prefetch={false} className="text-accent underline">
                Open the grant
              </Link>
            ) : null}
          </li>
        ))}
        <li>
          Last used <RelativeTime at={item.lastUsedAt} />
          {item.withheld.length > 0 ? `. Protection takes away: ${describeActions(item.withheld)}.` : "."}
        </li>
      </ul>
      {rights.write && grantId ? (
        <div className="flex flex-wrap gap-2">
          {item.actions.some((action) => action !== "pull") ? (
            <ButtonLink size="small" prefetch={false} href={`${grantHref(grantId)}/edit?actions=pull`}>
              Narrow to pull
            </ButtonLink>
          ) : null}
          {item.expiresAt === null ? (
            <ButtonLink size="small" prefetch={false} href={`${grantHref(grantId)}/edit?focus=until`}>
              Add an expiry
            </ButtonLink>
          ) : null}
        </div>
      ) : null}
      {suggestion ? (
        <p className="text-small text-faint">
          Suggested: {suggestion.text} In the last 30 days this would have refused{" "}
          {suggestion.wouldHaveLost.uses === 0 ? "nothing" : formatCount(suggestion.wouldHaveLost.uses)}.{" "}
          <Link href="/access/suggestions" className="text-accent underline">
            See it
          </Link>
        </p>
      ) : null}
    </div>
  );
}
