"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { describeError } from "@/components/query/api-error";
import { repositoryDetailQuery } from "@/components/repositories/queries";
import { prepareTagMoves, type TagMoveRow } from "@/components/tag-history/prepare-tag-moves";
import { PutBackButton } from "@/components/tag-history/put-back-button";
import { tagHistoryQuery } from "@/components/tags/queries";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { Digest } from "@/components/ui/digest";
import { escapeText } from "@/components/ui/escape-text";
import { imageHref } from "@/components/ui/image-href";
import { Pill } from "@/components/ui/pill";
import { Popover } from "@/components/ui/popover";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";

const shownAtFirst = 8;

/** Every known move of one tag as a line, newest first, with the way back beside each. */
export function TagHistoryCard({
  registry,
  repository,
  tag,
}: {
  registry: string;
  repository: string;
  tag: string;
}) {
  const history = useInfiniteQuery(tagHistoryQuery(registry, repository, tag));
  const { data: detail } = useQuery(repositoryDetailQuery(registry, repository));
  const moves = history.data?.pages.flatMap((page) => page.items) ?? [];
  const rows = prepareTagMoves(moves, {
    mayPutBack: detail?.allowed.putBack ?? null,
    disconnected: detail?.disconnectedAt !== null && detail?.disconnectedAt !== undefined,
    missingGrant: detail?.missingGrants.push ?? null,
  });
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, shownAtFirst);
  // The newest move says where the tag stands: nowhere when it was deleted.
  const current = moves[0]?.digest ?? null;
  return (
    <Card
      title="History of this tag"
      detail={history.hasNextPage || rows.length < 2 ? undefined : `${rows.length} moves`}
    >
      {history.data ? null : history.error ? (
        <p role="alert" className="flex flex-wrap items-center gap-3 px-3.5 py-3 text-muted">
          {describeError(history.error)}
          <Button size="small" onClick={() => history.refetch()}>
            Try again
          </Button>
        </p>
      ) : (
        <HistorySkeleton />
      )}
      {history.data && rows.length === 0 ? (
        <p className="px-3.5 py-3 text-muted">No move of this tag is known yet.</p>
      ) : null}
      {rows.length > 0 ? (
        <ol className="px-3.5 py-2.5">
          {shown.map((row, index) => (
            <MoveLine
              key={row.id}
              row={row}
              last={index === rows.length - 1 && !history.hasNextPage}
              fromIsBelow={row.previousDigest === rows[index + 1]?.digest}
              place={{ registry, repository, tag, current }}
            />
          ))}
        </ol>
      ) : null}
      {shown.length < rows.length || history.hasNextPage ? (
        <div className="border-t border-line px-3.5 py-2">
          <Button
            size="small"
            busy={history.isFetchingNextPage}
            onClick={() => (shown.length < rows.length ? setAll(true) : history.fetchNextPage())}
          >
            {shown.length < rows.length && !history.hasNextPage
              ? `Show all ${rows.length} moves`
              : "Show earlier moves"}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

interface Place {
  registry: string;
  repository: string;
  tag: string;
  current: string | null;
}

function MoveLine({
  row,
  last,
  fromIsBelow,
  place,
}: {
  row: TagMoveRow;
  last: boolean;
  /** The line under this one shows where the tag came from: in a narrow place that is enough. */
  fromIsBelow: boolean;
  place: Place;
}) {
  return (
    <li className="relative flex gap-3 pb-3 last:pb-0.5">
      {last ? null : (
        <span aria-hidden="true" className="absolute top-4 bottom-0 left-[4.5px] w-px bg-line-strong" />
      )}
      <span
        aria-hidden="true"
        className={classNames(
          "relative mt-[5px] size-2.5 shrink-0 rounded-full border-2",
          row.current
            ? "border-accent bg-accent"
            : row.digest === null
              ? "border-danger bg-surface"
              : "border-faint bg-surface",
        )}
      />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-1">
          {row.digest === null ? (
            <span className="font-medium text-danger">deleted</span>
          ) : (
            <Link
              href={imageHref(place.registry, place.repository, row.digest)}
              prefetch={false}
              className="hover:text-accent hover:underline"
            >
              <Digest digest={row.digest} copy={false} />
            </Link>
          )}
          {row.previousDigest === null ? null : (
            <span className={classNames("text-small text-faint", fromIsBelow && "max-2xl:sr-only")}>
              from <Digest digest={row.previousDigest} length={6} copy={false} className="text-tiny" />
            </span>
          )}
        </p>
        <p className="text-small text-muted">
          <bdi className="[overflow-wrap:anywhere]">{escapeText(row.lead)}</bdi>{" "}
          <RelativeTime at={row.at} seen={row.atSeen} />
          {row.tail ? `; ${row.tail}` : null}
        </p>
      </div>
      <div className="shrink-0">
        <WayBack row={row} place={place} />
      </div>
    </li>
  );
}

function WayBack({ row, place }: { row: TagMoveRow; place: Place }) {
  if (row.current) return <Pill tone="accent">current</Pill>;
  if (row.digest === null) return null;
  if (row.obstacle !== null)
    return (
      // The reason is a panel and not a title: fingers and keyboards reach it too.
      <Popover
        label="Why the tag cannot be put back"
        align="end"
        trigger={
          <Button variant="link" aria-disabled="true" className="cursor-pointer! text-muted">
            Put back
          </Button>
        }
      >
        <p className="max-w-64 text-muted">{row.obstacle}</p>
      </Popover>
    );
  return (
    <PutBackButton
      registry={place.registry}
      repository={place.repository}
      tag={place.tag}
      digest={row.digest}
      currentDigest={place.current}
    />
  );
}

function HistorySkeleton() {
  return (
    <div role="status" aria-label="Loading the history" className="flex flex-col gap-4 px-3.5 py-3">
      {["w-40", "w-44", "w-36"].map((width) => (
        <div key={width} className="flex flex-col gap-1.5 pl-6">
          <Skeleton className="h-3.5 w-32" />
          <Skeleton className={`h-3 ${width}`} />
        </div>
      ))}
    </div>
  );
}
