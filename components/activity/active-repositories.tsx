"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ActivityRepositories } from "#lib/activity/schema";
import type { ActivityView } from "@/components/activity/activity-view";
import { activityRepositoriesQuery } from "@/components/activity/queries";
import { describeError } from "@/components/query/api-error";
import { toSearch } from "@/components/query/fetch-json";
import { useNow } from "@/components/shell/clock-provider";
import { Card } from "@/components/ui/card";
import { Day } from "@/components/ui/day";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/format-bytes";
import { imageHref } from "@/components/ui/image-href";
import { LastPull } from "@/components/ui/last-pull";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";

/** The repositories with most pulls, with their first push and last pull of all time. */
export function ActiveRepositories({ view }: { view: ActivityView }) {
  const query = useQuery(activityRepositoriesQuery(view, useNow()));
  const found = query.data;
  const never = `/images${toSearch({ registry: view.registry, team: view.team, pulled: "never" })}`;
  return (
    <Card
      title="First push and last pull"
      detail={found?.more ? "of those with most pulls" : undefined}
      actions={
        <Link href={never} prefetch={false} className="text-small text-accent hover:underline">
          Never pulled
        </Link>
      }
    >
      {query.isError && !found ? (
        <ErrorState title="This did not come" onRetry={() => void query.refetch()}>
          {describeError(query.error)}
        </ErrorState>
      ) : found === undefined ? (
        <SkeletonRows rows={6} rowHeight={36} />
      ) : (
        <Table label="First push and last pull">
          <thead>
            <tr>
              <HeadCell>Repository</HeadCell>
              <HeadCell className="text-right">Pulls</HeadCell>
              <HeadCell className="text-right">Pushes</HeadCell>
              <HeadCell className="hidden md:table-cell">First push</HeadCell>
              <HeadCell className="hidden md:table-cell">Last push</HeadCell>
              <HeadCell className="hidden sm:table-cell">Last pull</HeadCell>
            </tr>
          </thead>
          <tbody>
            {found.items.map((item) => (
              <Row key={`${item.registry}/${item.repository}`}>
                <Cell className="max-sm:w-full max-sm:max-w-0 sm:max-w-96">
                  <Link
                    href={imageHref(item.registry, item.repository)}
                    prefetch={false}
                    className="block hover:underline"
                  >
                    <SafeText text={`${item.registry}/${item.repository}`} mono clip={false} />
                  </Link>
                  <span className="text-small text-muted sm:hidden">
                    last pull <LastPull at={item.lastPulledAt} pullsSince={pullsSinceOf(item)} />
                  </span>
                </Cell>
                <NumberCell>{formatCount(item.pulls)}</NumberCell>
                <NumberCell>{formatCount(item.pushes)}</NumberCell>
                <Cell className="hidden whitespace-nowrap text-muted md:table-cell">
                  {item.firstPushedAt ? (
                    <Day at={item.firstPushedAt} />
                  ) : (
                    <span className="text-faint" title="It was there before anybody told of pushes">
                      unknown
                    </span>
                  )}
                </Cell>
                <Cell className="hidden text-muted md:table-cell">
                  <RelativeTime at={item.lastPushedAt} fallback="unknown" />
                </Cell>
                <Cell className="hidden text-muted sm:table-cell">
                  <LastPull at={item.lastPulledAt} pullsSince={pullsSinceOf(item)} />
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

/** What was pulled and is not in the inventory yet was pulled at a time that is unknown, and not never. */
function pullsSinceOf({ pulls, pullsSince }: ActivityRepositories["items"][number]): string | null {
  return pulls > 0 ? null : pullsSince;
}
