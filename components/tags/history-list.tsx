"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { TagMoveItem } from "#lib/inventory/schema";
import { describeError } from "@/components/query/api-error";
import { tagHistoryQuery } from "@/components/tags/queries";
import { Button } from "@/components/ui/button";
import { Digest } from "@/components/ui/digest";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { imageHref } from "@/components/ui/image-href";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { SkeletonRows } from "@/components/ui/skeleton";

/** Every known move of the tags of a repository, newest first; tags that are gone are in it too. */
export function HistoryList({ registry, repository }: { registry: string; repository: string }) {
  const query = useInfiniteQuery(tagHistoryQuery(registry, repository, null));
  const moves = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <SkeletonRows rows={10} />;
  if (query.isError && moves.length === 0)
    return (
      <ErrorState title="The history did not come" onRetry={() => void query.refetch()}>
        {describeError(query.error)}
      </ErrorState>
    );
  if (moves.length === 0)
    return (
      <EmptyState title="No move has been seen yet">
        Moves are kept from the first sync on, and with their time and author when the registry sends
        notifications.
      </EmptyState>
    );
  return (
    <>
      <ol className="divide-y divide-line">
        {moves.map((move) => (
          <HistoryLine key={move.id} move={move} registry={registry} repository={repository} />
        ))}
      </ol>
      {query.hasNextPage ? (
        <div className="flex h-12 items-center justify-center border-t border-line">
          <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show earlier moves
          </Button>
        </div>
      ) : null}
    </>
  );
}

function HistoryLine({
  move,
  registry,
  repository,
}: {
  move: TagMoveItem;
  registry: string;
  repository: string;
}) {
  return (
    <li className="grid gap-x-4 px-3.5 py-2 sm:grid-cols-[minmax(8rem,16rem)_minmax(0,1fr)_auto]">
      <Link
        href={imageHref(registry, repository, move.tag)}
        prefetch={false}
        title={move.tag}
        className="tag-mono min-w-0 truncate font-medium hover:underline"
      >
        {move.tag}
      </Link>
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 text-muted">
        {move.digest === null ? (
          <>
            <Pill tone="danger">deleted</Pill>
            {move.previousDigest ? (
              <>
                from <Digest digest={move.previousDigest} copy={false} />
              </>
            ) : null}
          </>
        ) : (
          <>
            {move.previousDigest ? (
              <>
                <Digest digest={move.previousDigest} copy={false} className="text-faint" />
                <span aria-hidden="true">→</span>
                <span className="sr-only">to</span>
              </>
            ) : (
              <span className="text-faint">new</span>
            )}
            <Digest digest={move.digest} copy={false} className="text-ink" />
            {move.current ? <Pill tone="accent">current</Pill> : null}
            {move.manifestExists ? null : <Pill title="The manifest is gone from the registry.">gone</Pill>}
          </>
        )}
      </div>
      <div className="flex min-w-0 items-center gap-1 text-faint sm:justify-end">
        <span className="min-w-0 truncate">{describeAuthor(move)}</span>
        {move.actor ? <SafeText text={move.actor} className="max-w-40 text-muted" /> : null}
        <span aria-hidden="true">·</span>
        <RelativeTime at={move.at} seen={move.atSeen} />
      </div>
    </li>
  );
}

function describeAuthor(move: TagMoveItem): string {
  if (move.source === "crawl") return move.actor ? "seen by a sync, by" : "seen by a sync";
  const deed = move.source === "console" ? "from the console" : move.digest === null ? "deleted" : "push";
  return move.actor ? `${deed} by` : deed;
}
