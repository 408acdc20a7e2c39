"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import type { RegistryState } from "#lib/inventory/schema";
import { ApiError, describeError } from "@/components/query/api-error";
import { NoRepositories } from "@/components/repositories/no-repositories";
import { repositoriesQuery } from "@/components/repositories/queries";
import {
  type RegistryStanding,
  RepositoryRow,
  repositoryRowHeight,
} from "@/components/repositories/repository-row";
import { type RepositoryView, repositoryViewHref } from "@/components/repositories/repository-view";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { MoreRows } from "@/components/ui/more-rows";
import { SkeletonRows } from "@/components/ui/skeleton";
import { SortHeader } from "@/components/ui/sort-header";
import { useListKeys } from "@/components/ui/use-list-keys";
import { useUnhurried } from "@/components/ui/use-unhurried";
import { useVirtualRows } from "@/components/ui/use-virtual-rows";
import { VirtualGap } from "@/components/ui/virtual-gap";

/** The repositories of a view: endless, sorted on the server, a few dozen rows drawn at a time. */
export function RepositoryTable({
  view,
  total,
  registries,
}: {
  view: RepositoryView;
  /** How many there are, once counted. */
  total: number | undefined;
  registries: RegistryState[];
}) {
  const query = useInfiniteQuery(repositoriesQuery(view));
  const loaded = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const rows = useUnhurried(loaded);
  const body = useRef<HTMLTableSectionElement>(null);
  const virtual = useVirtualRows(rows.length, repositoryRowHeight, body);
  useListKeys({ count: rows.length, scrollToRow: virtual.scrollToRow });
  const { fetchNextPage } = query;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const standings = useMemo(
    () => new Map(registries.map((registry) => [registry.slug, toStanding(registry)])),
    [registries],
  );

  if (query.isPending) return <SkeletonRows rows={14} rowHeight={repositoryRowHeight} />;
  if (query.isError && loaded.length === 0)
    return (
      <ErrorState
        title="The list did not come"
        requestId={query.error instanceof ApiError ? query.error.requestId : null}
        onRetry={() => void query.refetch()}
      >
        {describeError(query.error)}
      </ErrorState>
    );
  if (loaded.length === 0) return <NoRepositories view={view} />;

  const hrefFor = (sort: string) => repositoryViewHref(view, { sort });
  const showRegistry = registries.length > 1 && !view.registry;
  const lastDrawn = virtual.rows[virtual.rows.length - 1] ?? 0;
  return (
    <>
      <table
        aria-label="Repositories"
        aria-rowcount={total === undefined ? -1 : total + 1}
        aria-busy={query.isPlaceholderData}
        className={classNames(
          "w-full table-fixed border-collapse text-left",
          query.isPlaceholderData && "stale-content",
        )}
      >
        {/* A column without width would give its place to the next cell: one that is not shown is not there. */}
        <colgroup>
          <col />
          <col className="w-18 sm:w-20" />
          <col className="w-28 max-[1400px]:hidden" />
          <col className="w-22 max-sm:hidden" />
          <col className="w-32 max-xl:hidden" />
          <col className="w-28 max-md:hidden" />
          <col className="w-26 max-lg:hidden" />
        </colgroup>
        <thead className="sticky top-12 z-10 bg-surface shadow-[inset_0_-1px_0_var(--line)]">
          <tr aria-rowindex={1}>
            <SortHeader shallow field="name" sort={view.sort} hrefFor={hrefFor} className="pr-2 pl-3.5">
              Repository
            </SortHeader>
            <SortHeader
              shallow
              field="tagCount"
              sort={view.sort}
              hrefFor={hrefFor}
              firstDescending
              align="right"
              className="px-2"
            >
              Tags
            </SortHeader>
            <th
              scope="col"
              className="px-2 text-small font-medium whitespace-nowrap text-faint max-[1400px]:hidden"
              title="Bytes that only this repository holds, and bytes that others of its registry hold too"
            >
              <span className="text-accent">Unique</span> · shared
            </th>
            <SortHeader
              shallow
              field="sizeBytes"
              sort={view.sort}
              hrefFor={hrefFor}
              firstDescending
              align="right"
              className="px-2 max-sm:hidden"
            >
              Size
            </SortHeader>
            <th
              scope="col"
              className="pr-2 pl-5 text-small font-medium whitespace-nowrap text-faint max-xl:hidden"
              title="Reads of manifests by the day, as the registry tells them; our own are left out"
            >
              Pulls, 30 d
            </th>
            <SortHeader
              shallow
              field="lastPushedAt"
              sort={view.sort}
              hrefFor={hrefFor}
              firstDescending
              className="pr-2 pl-3 max-md:hidden"
            >
              Last push
            </SortHeader>
            <SortHeader
              shallow
              field="lastPulledAt"
              sort={view.sort}
              hrefFor={hrefFor}
              firstDescending
              className="px-2 max-lg:hidden"
            >
              Last pull
            </SortHeader>
          </tr>
        </thead>
        <tbody ref={body}>
          {virtual.before > 0 ? <VirtualGap height={virtual.before} /> : null}
          {virtual.rows.map((index) => {
            const repository = rows[index];
            if (!repository) return null;
            return (
              <RepositoryRow
                key={`${repository.registry}/${repository.name}`}
                repository={repository}
                index={index}
                showRegistry={showRegistry}
                standing={standings.get(repository.registry)}
              />
            );
          })}
          {virtual.after > 0 ? <VirtualGap height={virtual.after} /> : null}
        </tbody>
      </table>
      <MoreRows
        near={lastDrawn >= rows.length - Math.min(100, rows.length / 6)}
        hasMore={query.hasNextPage && !query.isPlaceholderData}
        loading={query.isFetchingNextPage}
        failed={query.isFetchNextPageError}
        onMore={onMore}
      />
    </>
  );
}

function toStanding(registry: RegistryState): RegistryStanding {
  const failing =
    registry.state === "failing"
      ? (registry.stateDetail ?? "The registry does not answer; this is the last known state.")
      : null;
  return { failing, pullsSince: registry.pullsSince };
}
