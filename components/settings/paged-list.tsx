"use client";

import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Page } from "#lib/http/page-schema";
import { ApiError, describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonRows } from "@/components/ui/skeleton";

/** The states of a list that comes in pages: on its way, failed, empty, and rows with a way to more of them. */
export function PagedList<T>({
  query,
  title,
  empty,
  children,
}: {
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>, Error>;
  /** Said when it fails: "The people did not come". */
  title: string;
  empty: ReactNode;
  children: (items: T[]) => ReactNode;
}) {
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <SkeletonRows rows={6} />;
  if (query.isError && items.length === 0)
    return (
      <ErrorState
        title={title}
        requestId={query.error instanceof ApiError ? query.error.requestId : null}
        onRetry={() => void query.refetch()}
      >
        {describeError(query.error)}
      </ErrorState>
    );
  if (items.length === 0 && !query.hasNextPage) return empty;
  return (
    <>
      {items.length > 0 ? (
        children(items)
      ) : (
        <p className="px-3.5 pt-6 pb-4 text-center text-muted">
          Nothing so far, and not everything is searched yet.
        </p>
      )}
      {query.hasNextPage ? (
        <div className="flex h-12 items-center justify-center border-t border-line">
          <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {items.length > 0 ? "Show more" : "Search on"}
          </Button>
        </div>
      ) : null}
    </>
  );
}
