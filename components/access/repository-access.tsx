"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type AccessAction, accessActions, type EffectiveItem } from "#lib/grants/schema";
import { grantDraftHref, grantHref } from "@/components/access/grant-draft";
import { PrincipalName } from "@/components/access/principal-name";
import { effectiveQuery } from "@/components/access/queries";
import { PagedList } from "@/components/settings/paged-list";
import { ButtonLink } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Day } from "@/components/ui/day";
import { EmptyState } from "@/components/ui/empty-state";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

/** Who can pull, push and delete in one repository, and through which grant. */
export function RepositoryAccess({
  registry,
  repository,
  mayWrite,
}: {
  registry: string;
  repository: string;
  mayWrite: boolean;
}) {
  const query = useInfiniteQuery(effectiveQuery({ registry, repository }));
  const writeOne = mayWrite ? (
    <ButtonLink
      size="small"
      prefetch={false}
      href={grantDraftHref({ kind: "robot", registry, pattern: repository, actions: ["pull"] })}
    >
      Write a grant for it
    </ButtonLink>
  ) : null;
  return (
    <PagedList
      query={query}
      title="Who can reach it did not come"
      empty={
        <EmptyState title="Nobody can reach this repository" action={writeOne}>
          No grant covers <code className="[overflow-wrap:anywhere]">{repository}</code>. Where the registry
          enforces grants, every pull and push of it is refused.
        </EmptyState>
      }
    >
      {(items) => (
        <>
          <p className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-3.5 py-2 text-muted">
            <span>{describeReach(items, query.hasNextPage)}</span>
            {writeOne}
          </p>
          <Table label={`Who can reach ${repository}`}>
            <thead>
              <tr>
                <HeadCell>Principal</HeadCell>
                {accessActions.map((action) => (
                  <HeadCell key={action} className="text-center max-sm:px-0.5">
                    {action}
                  </HeadCell>
                ))}
                <HeadCell className="hidden sm:table-cell">Through</HeadCell>
                <HeadCell className="hidden text-right md:table-cell">Last used</HeadCell>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <ReachRow key={item.principal.id} item={item} />
              ))}
            </tbody>
          </Table>
        </>
      )}
    </PagedList>
  );
}

function describeReach(items: EffectiveItem[], more: boolean): string {
  const count = (action: AccessAction) =>
    `${items.filter((item) => item.actions.includes(action)).length}${more ? " or more" : ""} may ${action}`;
  return accessActions.map(count).join(", ");
}

function ReachRow({ item }: { item: EffectiveItem }) {
  return (
    <Row>
      <Cell className="max-w-32 sm:max-w-64">
        <PrincipalName principal={item.principal} link />
        {item.expiresAt ? (
          <span className="text-small text-faint">
            until <Day at={item.expiresAt} />
          </span>
        ) : null}
      </Cell>
      {accessActions.map((action) => (
        <Cell key={action} className="text-center max-sm:px-0.5">
          <Mark item={item} action={action} />
        </Cell>
      ))}
      <Cell className="hidden max-w-md sm:table-cell">
        <Reasons because={item.because} />
      </Cell>
      <Cell className="hidden text-right text-muted md:table-cell">
        <RelativeTime at={item.lastUsedAt} />
      </Cell>
    </Row>
  );
}

function Mark({ item, action }: { item: EffectiveItem; action: AccessAction }) {
  if (item.withheld.includes(action))
    return (
      <span
        title="A grant gives it; protection takes it away"
        className="inline-flex h-6 items-center rounded-[5px] px-1.5 text-small text-faint line-through"
      >
        {action}
        <span className="sr-only"> withheld by protection</span>
      </span>
    );
  if (!item.actions.includes(action))
    return (
      <span className="text-faint">
        <span aria-hidden="true">·</span>
        <span className="sr-only">no</span>
      </span>
    );
  return (
    <span
      className={classNames(
        "inline-flex h-6 items-center rounded-[5px] px-1.5 text-small",
        action === "pull" ? "bg-sunken text-muted" : "bg-accent-soft font-medium text-accent",
      )}
    >
      {action}
    </span>
  );
}

/** Each reason once, with a way to its grant. */
export function Reasons({ because: reasons }: Pick<EffectiveItem, "because">) {
  return (
    <ul className="flex flex-col gap-0.5 py-1 text-small text-muted">
      {reasons.map((because) => (
        <li key={`${because.grantId} ${because.text}`}>
          {because.grantId ? (
            <Link
              href={grantHref(because.grantId)}
              prefetch={false}
              className="hover:text-ink hover:underline"
            >
              <SafeText text={because.text} clip={false} />
            </Link>
          ) : (
            <SafeText text={because.text} clip={false} />
          )}
        </li>
      ))}
    </ul>
  );
}
