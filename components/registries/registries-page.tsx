"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { RegistryItem } from "#lib/registries/schema";
import { describeError } from "@/components/query/api-error";
import { latestLookAt } from "@/components/registries/describe-registry";
import { isUnderWay } from "@/components/registries/describe-sync";
import { listUntold } from "@/components/registries/prepare-capabilities";
import { registriesQuery, syncQuery } from "@/components/registries/queries";
import { RegistryStandingLine } from "@/components/registries/registry-standing";
import { SyncProgress } from "@/components/registries/sync-progress";
import { PagedList } from "@/components/settings/paged-list";
import { Button, ButtonLink } from "@/components/ui/button";
import { Bytes } from "@/components/ui/bytes";
import { EmptyState } from "@/components/ui/empty-state";
import { formatBytes, formatCount, formatPlural } from "@/components/ui/format-bytes";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { StaleBanner } from "@/components/ui/stale-banner";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";
import { useListKeys } from "@/components/ui/use-list-keys";

/** All registries that the person may know of, with how each stands. */
export function RegistriesPage({ mayConnect }: { mayConnect: boolean }) {
  const query = useInfiniteQuery(registriesQuery());
  const registries = query.data?.pages.flatMap((page) => page.items) ?? [];
  useListKeys({ count: registries.length, scrollToRow: scrollToRegistry });
  return (
    <>
      <PageHeader
        title="Registries"
        actions={
          mayConnect && registries.length > 0 ? (
            <ButtonLink href="/registries/new" variant="primary">
              Connect a registry
            </ButtonLink>
          ) : null
        }
      >
        <p className="min-h-[19px]">{registries.length > 0 ? describeAll(registries) : null}</p>
      </PageHeader>
      {query.isError && registries.length > 0 ? (
        <div className="mb-3">
          <StaleBanner
            since={new Date(query.dataUpdatedAt).toISOString()}
            action={
              <Button size="small" onClick={() => void query.refetch()}>
                Try again
              </Button>
            }
          >
            {describeError(query.error)}
          </StaleBanner>
        </div>
      ) : null}
      <div className="overflow-clip rounded-card border border-line bg-surface">
        <PagedList
          query={query}
          title="The registries did not come"
          empty={<NoRegistry mayConnect={mayConnect} />}
        >
          {(items) => <RegistryTable registries={items} />}
        </PagedList>
      </div>
    </>
  );
}

function scrollToRegistry(index: number): void {
  document.querySelector(`[data-row="${index}"]`)?.scrollIntoView({ block: "nearest" });
}

function describeAll(registries: readonly RegistryItem[]): string {
  const connected = registries.filter((registry) => registry.disconnectedAt === null);
  const failing = connected.filter((registry) => registry.state.state === "failing").length;
  const sum = (figure: (registry: RegistryItem) => number) =>
    connected.reduce((total, registry) => total + figure(registry), 0);
  return [
    failing > 0
      ? `${failing} of ${formatPlural(connected.length, "registry", "registries")} ${failing === 1 ? "fails" : "fail"}`
      : `${formatPlural(connected.length, "registry", "registries")} connected`,
    formatPlural(
      sum((registry) => registry.repositoryCount),
      "repository",
      "repositories",
    ),
    formatPlural(
      sum((registry) => registry.tagCount),
      "tag",
    ),
    `${formatBytes(sum((registry) => registry.sizeBytes))} stored once`,
  ].join(" · ");
}

function RegistryTable({ registries }: { registries: readonly RegistryItem[] }) {
  return (
    <Table label="Registries">
      <thead>
        <tr>
          <HeadCell>Registry</HeadCell>
          <HeadCell className="max-sm:hidden">State</HeadCell>
          <HeadCell className="text-right max-md:hidden">Repositories</HeadCell>
          <HeadCell className="text-right max-md:hidden">Tags</HeadCell>
          <HeadCell className="text-right" title="Each blob and manifest once">
            Stored once
          </HeadCell>
          <HeadCell className="max-sm:hidden">Last sync</HeadCell>
          <HeadCell className="max-lg:hidden">Last event</HeadCell>
          <HeadCell className="max-xl:hidden">Cannot tell</HeadCell>
        </tr>
      </thead>
      <tbody>
        {registries.map((registry, index) => (
          <RegistryRow key={registry.slug} registry={registry} index={index} />
        ))}
      </tbody>
    </Table>
  );
}

function RegistryRow({ registry, index }: { registry: RegistryItem; index: number }) {
  const disconnected = registry.disconnectedAt !== null;
  return (
    <Row data-row={index}>
      <Cell className="py-2 max-sm:max-w-52">
        <Link
          data-row-link
          href={`/registries/${encodeURIComponent(registry.slug)}`}
          prefetch={false}
          className="font-semibold hover:underline"
        >
          <SafeText text={registry.name} />
        </Link>
        <div className="max-w-52 text-faint 2xl:max-w-96">
          <SafeText text={registry.url} mono />
        </div>
        <div className="mt-1 sm:hidden">
          <RegistryStandingLine registry={registry} />
        </div>
      </Cell>
      <Cell className="max-sm:hidden">
        <RegistryStandingLine registry={registry} />
      </Cell>
      <NumberCell className="max-md:hidden">{formatCount(registry.repositoryCount)}</NumberCell>
      <NumberCell className="max-md:hidden">{formatCount(registry.tagCount)}</NumberCell>
      <NumberCell>
        <Bytes bytes={registry.sizeBytes} />
      </NumberCell>
      <Cell className="max-sm:hidden">
        {disconnected ? <RelativeTime at={latestLookAt(registry)} /> : <LastSync registry={registry} />}
      </Cell>
      <Cell className="max-lg:hidden">
        <RelativeTime at={registry.lastEventAt} />
      </Cell>
      <Cell className="max-w-36 text-muted max-xl:hidden 2xl:max-w-80">
        {disconnected ? <span className="text-faint">anything new</span> : <Untold registry={registry} />}
      </Cell>
    </Row>
  );
}

function Untold({ registry }: { registry: RegistryItem }) {
  const words = listUntold(registry);
  if (words.length > 0) return <SafeText text={words.join(", ")} />;
  return <span className="text-faint">{registry.testedAt ? "nothing is missing" : "not tested yet"}</span>;
}

function LastSync({ registry }: { registry: RegistryItem }) {
  const { data: sync } = useQuery(syncQuery(registry.slug));
  if (sync && isUnderWay(sync)) return <SyncProgress slug={registry.slug} sync={sync} />;
  return (
    <>
      <RelativeTime at={latestLookAt(registry)} />
      {sync?.state === "failed" || sync?.state === "stopped" ? (
        <p className={sync.state === "failed" ? "text-small text-danger" : "text-small text-warn"}>
          {sync.state === "failed" ? "the last one failed" : "the last one was stopped"}
        </p>
      ) : null}
    </>
  );
}

function NoRegistry({ mayConnect }: { mayConnect: boolean }) {
  if (!mayConnect)
    return (
      <EmptyState title="No registry that you may see">
        None is connected, or your roles reach into none. An admin can do both.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No registry is connected yet"
      action={
        <ButtonLink href="/registries/new" variant="primary">
          Connect a registry
        </ButtonLink>
      }
    >
      Any registry that speaks the OCI distribution protocol will do: distribution, zot, Harbor, a
      cloud&apos;s. You need its address, and a login if it asks for one. Its repositories and tags appear
      while the first sync runs.
    </EmptyState>
  );
}
