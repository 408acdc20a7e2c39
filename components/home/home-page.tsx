"use client";

import { useQuery } from "@tanstack/react-query";
import type { Home } from "#lib/home/schema";
import { FirstSteps } from "@/components/home/first-steps";
import { MoveList } from "@/components/home/move-list";
import { NeedList } from "@/components/home/need-list";
import { homeQuery } from "@/components/home/queries";
import { RegistryLines } from "@/components/home/registry-lines";
import { describeError } from "@/components/query/api-error";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { formatBytes, formatCount, formatPlural } from "@/components/ui/format-bytes";
import { PageHeader } from "@/components/ui/page-header";
import { SkeletonRows } from "@/components/ui/skeleton";
import { StaleBanner } from "@/components/ui/stale-banner";

/** What needs me, how the registries are, and what moved. */
export function HomePage({ mayConnect, mayManage }: { mayConnect: boolean; mayManage: boolean }) {
  const query = useQuery(homeQuery);
  const home = query.data;
  if (!home && query.isError)
    return (
      <ErrorState title="This page did not come" onRetry={() => void query.refetch()}>
        {describeError(query.error)}
      </ErrorState>
    );
  if (!home) return <SkeletonRows rows={12} />;
  const connected = home.registries.filter((registry) => registry.disconnectedAt === null);
  if (connected.length === 0) return <FirstSteps mayConnect={mayConnect} />;
  const urgent = home.needs.filter((need) => need.severity !== "hint").length;
  return (
    <>
      <PageHeader title={urgent === 0 ? "Nothing needs you" : `${formatPlural(urgent, "thing")} to look at`}>
        <p>{describeCounts(home, connected.length)}</p>
      </PageHeader>
      {query.isError ? (
        <div className="pb-4">
          <StaleBanner since={new Date(query.dataUpdatedAt).toISOString()}>
            {describeError(query.error)}
          </StaleBanner>
        </div>
      ) : null}
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-5">
          {home.needs.length > 0 ? (
            <Card title="What needs you">
              <NeedList needs={home.needs} mayManage={mayManage} />
            </Card>
          ) : null}
          <Card title="Registries" detail={formatPlural(connected.length, "connected", "connected")}>
            <RegistryLines registries={connected} />
          </Card>
        </div>
        <Card title="Moved lately" detail="newest first">
          <MoveList moves={home.recentMoves} />
        </Card>
      </div>
    </>
  );
}

function describeCounts(home: Home, registries: number): string {
  const { repositoryCount, tagCount, storedBytes } = home.summary;
  return [
    formatPlural(registries, "registry", "registries"),
    formatPlural(repositoryCount, "repository", "repositories"),
    `${formatCount(tagCount)} tags`,
    storedBytes === null ? null : `${formatBytes(storedBytes)} stored once`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}
