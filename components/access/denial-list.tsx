"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { TokenDenial } from "#lib/tokens/schema";
import { reasonWords } from "@/components/access/denied-view";
import { prepareRemedy } from "@/components/access/prepare-missing-grant";
import { PrincipalName } from "@/components/access/principal-name";
import { denialsQuery } from "@/components/access/queries";
import { useRowKeys } from "@/components/access/use-row-keys";
import { describeError } from "@/components/query/api-error";
import type { QueryValue } from "@/components/query/fetch-json";
import { PagedList } from "@/components/settings/paged-list";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/format-bytes";
import { imageHref } from "@/components/ui/image-href";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { StaleBanner } from "@/components/ui/stale-banner";

/** Refusals, newest first; equal ones of an hour are one row with a count. It is asked for anew all the time. */
export function DenialList({
  filters,
  narrowed = false,
  compact = false,
}: {
  filters: Record<string, QueryValue>;
  narrowed?: boolean;
  /** On the page of a principal: whose they are is known. */
  compact?: boolean;
}) {
  const query = useInfiniteQuery(denialsQuery(filters));
  const count = query.data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? 0;
  useRowKeys(count);
  return (
    <div className={classNames(compact && "overflow-clip rounded-card border border-line bg-surface")}>
      {query.isError && count > 0 ? (
        <div className="border-b border-line p-2">
          <StaleBanner since={new Date(query.dataUpdatedAt).toISOString()}>
            {describeError(query.error)}
          </StaleBanner>
        </div>
      ) : null}
      <PagedList
        query={query}
        title="The refusals did not come"
        empty={
          <EmptyState title={narrowed ? "No refusal fits" : "Nothing was refused"}>
            {narrowed
              ? "Take a filter away to see the others."
              : "When a registry that enforces grants refuses a client, it is here within two seconds, with the reason and the grant that is missing."}
          </EmptyState>
        }
      >
        {(denials) => (
          <ul className="divide-y divide-line">
            {denials.map((denial, index) => (
              <DenialRow key={denial.id} denial={denial} index={index} compact={compact} />
            ))}
          </ul>
        )}
      </PagedList>
    </div>
  );
}

const reasonTones: Partial<Record<TokenDenial["reason"], Tone>> = {
  "no-grant": "warn",
  "expired-grant": "warn",
  protected: "info",
  throttled: "danger",
  "wrong-credentials": "danger",
  "not-trusted": "danger",
};

function DenialRow({ denial, index, compact }: { denial: TokenDenial; index: number; compact: boolean }) {
  const remedy = prepareRemedy(denial);
  return (
    <li
      data-row={index}
      className="flex flex-wrap items-start gap-x-4 gap-y-1.5 px-3.5 py-2.5 focus-within:bg-accent-soft hover:bg-sunken/50"
    >
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-x-1.5 gap-y-1">
          {compact ? null : <Who denial={denial} />}
          <span className="text-muted">was refused</span>
          <Asked denial={denial} />
          <Pill tone={reasonTones[denial.reason] ?? "plain"}>{reasonWords[denial.reason]}</Pill>
        </p>
        <p className="pt-0.5 text-muted">
          <SafeText text={denial.detail} clip={false} />
        </p>
        <p className="flex flex-wrap gap-x-2 text-small text-faint">
          {denial.address ? <code>{denial.address}</code> : null}
          {denial.agent ? <SafeText text={denial.agent} className="max-w-64" /> : null}
        </p>
      </div>
      <div className="flex flex-col items-end gap-1 text-right max-sm:w-full max-sm:flex-row max-sm:flex-wrap max-sm:items-center max-sm:justify-between">
        <p className="text-muted">
          {denial.count > 1 ? (
            <span className="font-semibold text-ink">{formatCount(denial.count)} × </span>
          ) : null}
          <RelativeTime at={denial.lastAt} />
        </p>
        {denial.count > 1 ? (
          <p className="text-small text-faint">
            first <RelativeTime at={denial.firstAt} />
          </p>
        ) : null}
        {remedy ? (
          <Link
            href={remedy.href}
            prefetch={false}
            data-row-link=""
            className="font-semibold text-accent hover:underline"
          >
            {remedy.label}
          </Link>
        ) : null}
      </div>
    </li>
  );
}

function Who({ denial }: { denial: TokenDenial }) {
  const { principal, account } = denial;
  if (principal) {
    const { kind } = principal;
    if (kind === "user" || kind === "group" || kind === "robot" || kind === "workload" || kind === "built-in")
      return <PrincipalName principal={{ ...principal, kind }} link />;
  }
  if (account !== null)
    return (
      <span>
        somebody who called themselves <SafeText text={account} clip={false} className="font-semibold" />
      </span>
    );
  return <span className="font-semibold">somebody without a login</span>;
}

function Asked({ denial }: { denial: TokenDenial }) {
  const { registry, repository, type, actions } = denial;
  if (type === "registry") return <span>the list of repositories{registry ? ` of ${registry}` : ""}</span>;
  if (repository === null) return <span>a sign-in{registry ? ` to ${registry}` : ""}</span>;
  return (
    <>
      <span className="font-semibold">{actions.join(", ") || "access"}</span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="text-muted">in {registry ? `${registry}/` : ""}</span>
        {registry ? (
          <Link href={imageHref(registry, repository)} prefetch={false} className="hover:underline">
            <SafeText text={repository} mono clip={false} />
          </Link>
        ) : (
          <SafeText text={repository} mono clip={false} />
        )}
      </span>
    </>
  );
}
