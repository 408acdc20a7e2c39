"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { Publishing } from "#lib/activity/schema";
import { type ActivityView, activityHref } from "@/components/activity/activity-view";
import { publishingQuery } from "@/components/activity/queries";
import { describeError } from "@/components/query/api-error";
import { useNow } from "@/components/shell/clock-provider";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/format-bytes";
import { formatDay } from "@/components/ui/format-time";
import { imageHref } from "@/components/ui/image-href";
import { Pill } from "@/components/ui/pill";
import { SafeText } from "@/components/ui/safe-text";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";
import { ViewLink } from "@/components/ui/view-link";

/** Who published to protected repositories; who never did so before stands out. */
export function PublishingTable({ view }: { view: ActivityView }) {
  const query = useQuery(publishingQuery(view, useNow()));
  const found = query.data;
  return (
    <Card
      title="Published to protected repositories"
      detail={found?.more ? "the 100 with most pushes" : undefined}
    >
      {query.isError && !found ? (
        <ErrorState title="This did not come" onRetry={() => void query.refetch()}>
          {describeError(query.error)}
        </ErrorState>
      ) : found === undefined ? (
        <SkeletonRows rows={4} rowHeight={36} />
      ) : found.items.length === 0 ? (
        <p className="px-3.5 py-6 text-muted">
          {found.hasProtected ? (
            "Nobody pushed to a protected repository."
          ) : (
            <>
              No repository is protected.{" "}
              <Link href="/access/protected" prefetch={false} className="text-accent underline">
                Protect some
              </Link>{" "}
              to see here who publishes to them.
            </>
          )}
        </p>
      ) : (
        <PublishingRows items={found.items} view={view} />
      )}
    </Card>
  );
}

function PublishingRows({ items, view }: { items: Publishing["items"]; view: ActivityView }) {
  return (
    <Table label="Published to protected repositories">
      <thead>
        <tr>
          <HeadCell>Who</HeadCell>
          <HeadCell>Repository</HeadCell>
          <HeadCell className="text-right">Pushes</HeadCell>
          <HeadCell className="hidden md:table-cell">First day</HeadCell>
          <HeadCell className="hidden sm:table-cell">Last day</HeadCell>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Row key={`${item.registry}/${item.repository} ${item.principal}`}>
            <Cell className="max-w-32 max-sm:min-w-32 sm:max-w-56">
              {item.principal === "" ? (
                <span className="text-faint">nobody was named</span>
              ) : (
                <ViewLink
                  href={activityHref(view, { principal: item.principal })}
                  className="block hover:underline"
                >
                  <SafeText text={item.principal} mono clip="wide" />
                </ViewLink>
              )}
              <Before pushedBefore={item.pushedBefore} firstDay={item.firstDay} />
            </Cell>
            <Cell className="max-sm:w-full max-sm:max-w-0 sm:max-w-80">
              <Link
                href={imageHref(item.registry, item.repository)}
                prefetch={false}
                className="block hover:underline"
              >
                <SafeText text={`${item.registry}/${item.repository}`} mono clip={false} />
              </Link>
            </Cell>
            <NumberCell>{formatCount(item.pushes)}</NumberCell>
            <Cell className="hidden whitespace-nowrap text-muted md:table-cell">{sayDay(item.firstDay)}</Cell>
            <Cell className="hidden whitespace-nowrap text-muted sm:table-cell">{sayDay(item.lastDay)}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function Before({ pushedBefore, firstDay }: { pushedBefore: boolean | null; firstDay: string }) {
  if (pushedBefore === true) return null;
  if (pushedBefore === null)
    return <Pill title={`Fewer than 90 days before ${sayDay(firstDay)} are known`}>too early to tell</Pill>;
  return (
    <Pill tone="warn" title={`No push there in the 90 days before ${sayDay(firstDay)}`}>
      new here
    </Pill>
  );
}

function sayDay(day: string): string {
  return formatDay(Date.parse(day), true);
}
