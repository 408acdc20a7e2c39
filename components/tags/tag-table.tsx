"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { TagItem } from "#lib/inventory/schema";
import { ApiError, describeError } from "@/components/query/api-error";
import { tagsQuery } from "@/components/tags/queries";
import { TagHead } from "@/components/tags/tag-head";
import { TagRow, tagRowHeight } from "@/components/tags/tag-row";
import { type TagView, tagViewHref } from "@/components/tags/tag-view";
import type { TagSelection } from "@/components/tags/use-tag-selection";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { MoreRows } from "@/components/ui/more-rows";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useListKeys } from "@/components/ui/use-list-keys";
import { useUnhurried } from "@/components/ui/use-unhurried";
import { useVirtualRows } from "@/components/ui/use-virtual-rows";
import { ViewLink } from "@/components/ui/view-link";
import { VirtualGap } from "@/components/ui/virtual-gap";

/** The tags of a repository: a hundred thousand of them cost no more than a screenful. */
export function TagTable({
  view,
  total,
  pullName,
  pullsSince,
  selection,
  onRows,
}: {
  view: TagView;
  /** Tags of the repository, when nothing narrows the list. */
  total: number | undefined;
  pullName: string;
  /** Since when the registry tells of pulls; null when it never did. */
  pullsSince: string | null;
  selection: TagSelection;
  /** Tells the rows that are known, for those who act on the chosen ones. */
  onRows: (rows: TagItem[], loadedAt: number) => void;
}) {
  const query = useInfiniteQuery(tagsQuery(view));
  const loaded = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { dataUpdatedAt } = query;
  useEffect(() => onRows(loaded, dataUpdatedAt), [loaded, dataUpdatedAt, onRows]);
  const rows = useUnhurried(loaded);
  const body = useRef<HTMLTableSectionElement>(null);
  const virtual = useVirtualRows(rows.length, tagRowHeight, body);
  const { selected, toggle, toggleRange, replace, clear } = selection;
  useListKeys({
    count: rows.length,
    scrollToRow: virtual.scrollToRow,
    onToggle: (index) => {
      const tag = rows[index];
      if (tag) toggle(tag.name);
    },
    onEscape: clear,
  });
  const onSelect = useCallback(
    (tag: string, range: boolean) => {
      if (range)
        toggleRange(
          tag,
          rows.map((row) => row.name),
        );
      else toggle(tag);
    },
    [rows, toggle, toggleRange],
  );
  const { fetchNextPage } = query;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  if (query.isPending) return <SkeletonRows rows={14} rowHeight={tagRowHeight} />;
  if (query.isError && loaded.length === 0)
    return (
      <ErrorState
        title="The tags did not come"
        requestId={query.error instanceof ApiError ? query.error.requestId : null}
        onRetry={() => void query.refetch()}
      >
        {describeError(query.error)}
      </ErrorState>
    );
  if (loaded.length === 0) return <NoTags view={view} pullName={pullName} />;

  const lastDrawn = virtual.rows[virtual.rows.length - 1] ?? 0;
  return (
    <>
      <table
        aria-label="Tags"
        aria-rowcount={total === undefined ? -1 : total + 1}
        aria-busy={query.isPlaceholderData}
        className={classNames(
          "w-full table-fixed border-collapse text-left",
          query.isPlaceholderData && "stale-content",
        )}
      >
        <TagHead
          view={view}
          all={selected.size > 0 && selected.size >= rows.length}
          some={selected.size > 0}
          onAll={(on) => (on ? replace(rows.map((row) => row.name)) : clear())}
        />
        <tbody ref={body}>
          {virtual.before > 0 ? <VirtualGap height={virtual.before} /> : null}
          {virtual.rows.map((index) => {
            const tag = rows[index];
            if (!tag) return null;
            return (
              <TagRow
                key={tag.name}
                tag={tag}
                index={index}
                registry={view.registry}
                repository={view.repository}
                pullName={pullName}
                pullsSince={pullsSince}
                selected={selected.has(tag.name)}
                onSelect={onSelect}
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

function NoTags({ view, pullName }: { view: TagView; pullName: string }) {
  if (view.q)
    return (
      <EmptyState
        title="No tag fits"
        action={
          <ViewLink href={tagViewHref(view, { q: "" })} className="font-semibold text-accent hover:underline">
            Show all tags
          </ViewLink>
        }
      >
        No tag of this repository has these characters in its name.
      </EmptyState>
    );
  return (
    <EmptyState title="No tag stands here" command={`docker push ${pullName}:<tag>`}>
      The repository may hold manifests without a tag. Tags that were here are in the history.
    </EmptyState>
  );
}
