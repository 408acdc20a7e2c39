"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { useEffect, useRef } from "react";
import type { RegistryItem } from "#lib/registries/schema";
import { ApiError, describeError } from "@/components/query/api-error";
import { describeRegistry, latestLookAt } from "@/components/registries/describe-registry";
import { isUnderWay } from "@/components/registries/describe-sync";
import { registriesKey, registryQuery, syncQuery } from "@/components/registries/queries";
import { RegistryNotifications } from "@/components/registries/registry-notifications";
import { RegistryOverview } from "@/components/registries/registry-overview";
import type { RegistryRights } from "@/components/registries/registry-rights";
import { RegistrySettings } from "@/components/registries/registry-settings";
import { RegistrySync } from "@/components/registries/registry-sync";
import { SyncProgress } from "@/components/registries/sync-progress";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { formatBytes, formatPlural } from "@/components/ui/format-bytes";
import { PageHeader } from "@/components/ui/page-header";
import { StateDot } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { StaleBanner } from "@/components/ui/stale-banner";
import { Tabs } from "@/components/ui/tabs";

const tabs = [
  { key: "overview", label: "Overview" },
  { key: "sync", label: "Sync" },
  { key: "notifications", label: "Notifications" },
  { key: "sources", label: "Sources" },
  { key: "enforcement", label: "Enforcement" },
  { key: "settings", label: "Settings" },
] as const;

// Read by few, so loaded by those who open it.
const RegistryEnforcement = dynamic(() =>
  import("@/components/enforcement/registry-enforcement").then((file) => file.RegistryEnforcement),
);

const RegistrySources = dynamic(() =>
  import("@/components/registries/registry-sources").then((file) => file.RegistrySources),
);

/** One registry: how it stands, what it can tell, how reading it goes, and its settings. */
export function RegistryPage({ slug, rights }: { slug: string; rights: RegistryRights }) {
  const asked = useSearchParams().get("tab");
  const query = useQuery(registryQuery(slug));
  const { data: registry, error } = query;
  useFreshAfterSync(slug);
  const shown = tabs.filter(({ key }) => {
    if (key === "enforcement") return rights.readAccess;
    if (key === "sources") return rights.readSources;
    return rights.whole || key === "overview" || key === "sync";
  });
  const current = shown.find(({ key }) => key === asked)?.key ?? "overview";
  if (!registry) {
    if (!error) return <RegistrySkeleton />;
    return (
      <ErrorState
        title="This registry cannot be shown"
        requestId={error instanceof ApiError ? error.requestId : null}
        onRetry={() => void query.refetch()}
      >
        {describeError(error)}
      </ErrorState>
    );
  }
  return (
    <>
      <RegistryHeader registry={registry} showsProgress={current !== "sync"} />
      {error ? (
        <div className="mb-3">
          <StaleBanner
            since={new Date(query.dataUpdatedAt).toISOString()}
            action={
              <Button size="small" onClick={() => void query.refetch()}>
                Try again
              </Button>
            }
          >
            {describeError(error)}
          </StaleBanner>
        </div>
      ) : null}
      {registry.enforcement?.state === "suspended" ? (
        <p role="alert" className="mb-3 rounded-control bg-danger-soft px-3 py-2 text-small text-danger">
          <span className="font-semibold">
            Grants are suspended here since <RelativeTime at={registry.enforcement.since} />.
          </span>{" "}
          Whoever signs in may pull and push everything until enforcement is turned on again.
        </p>
      ) : null}
      <Tabs
        shallow
        label="Views of this registry"
        current={current}
        tabs={shown.map((tab) => ({
          ...tab,
          href: `/registries/${encodeURIComponent(slug)}${tab.key === "overview" ? "" : `?tab=${tab.key}`}`,
        }))}
      />
      <div className="pt-4">
        {current === "overview" ? <RegistryOverview registry={registry} rights={rights} /> : null}
        {current === "sync" ? <RegistrySync registry={registry} rights={rights} /> : null}
        {current === "notifications" ? <RegistryNotifications registry={registry} rights={rights} /> : null}
        {current === "sources" ? <RegistrySources slug={slug} mayWrite={rights.writeSources} /> : null}
        {current === "enforcement" ? <RegistryEnforcement slug={slug} mayWrite={rights.enforce} /> : null}
        {current === "settings" ? <RegistrySettings registry={registry} rights={rights} /> : null}
      </div>
    </>
  );
}

/** When a run ends, counts and state of the registry are read again at once. */
function useFreshAfterSync(slug: string): void {
  const client = useQueryClient();
  const { data: sync } = useQuery(syncQuery(slug));
  const state = sync?.state;
  const before = useRef(state);
  useEffect(() => {
    const was = before.current;
    before.current = state;
    if (state === undefined || was === undefined || was === state) return;
    if (state === "queued" || state === "running" || state === "stopping") return;
    void client.invalidateQueries({ queryKey: [...registriesKey, "one", slug] });
    void client.invalidateQueries({ queryKey: [...registriesKey, "list"] });
  }, [client, slug, state]);
}

function RegistryHeader({ registry, showsProgress }: { registry: RegistryItem; showsProgress: boolean }) {
  const { data: sync } = useQuery(syncQuery(registry.slug));
  const { tone, word, since, because } = describeRegistry(registry);
  return (
    <PageHeader
      title={<SafeText text={registry.name} clip={false} />}
      actions={
        <ButtonLink href={`/images?registry=${encodeURIComponent(registry.slug)}`}>
          Browse its repositories
        </ButtonLink>
      }
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <span className="inline-flex items-center gap-1.5">
          <StateDot tone={tone} />
          <span className={tone === "danger" ? "font-medium text-danger" : "font-medium text-ink"}>
            {word}
          </span>
          {since ? (
            <span>
              {tone === "danger" ? "since " : ""}
              <RelativeTime at={since} />
            </span>
          ) : null}
        </span>
        <span aria-hidden="true">·</span>
        <SafeText text={registry.url} mono copy />
        <span aria-hidden="true">·</span>
        <span>
          {formatPlural(registry.repositoryCount, "repository", "repositories")},{" "}
          {formatPlural(registry.tagCount, "tag")}, {formatBytes(registry.sizeBytes)} stored once
        </span>
        <span aria-hidden="true">·</span>
        <span>
          {latestLookAt(registry) ? (
            <>
              synced <RelativeTime at={latestLookAt(registry)} />
            </>
          ) : (
            "not synced yet"
          )}
        </span>
      </div>
      {because ? (
        <p className="mt-1 [overflow-wrap:anywhere]">
          <SafeText text={because} clip={false} />{" "}
          {registry.lastSyncedAt ? "What is shown is the last known state." : null}
        </p>
      ) : null}
      {registry.disconnectedAt ? (
        <p className="mt-1">What was known of it stays and can be browsed; nothing new comes.</p>
      ) : null}
      {showsProgress && sync && isUnderWay(sync) ? (
        <div className="mt-2 max-w-md">
          <SyncProgress slug={registry.slug} sync={sync} />
        </div>
      ) : null}
    </PageHeader>
  );
}

function RegistrySkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-6 w-48" />
      <Skeleton className="mt-2.5 mb-5 h-3.5 w-96 max-w-full" />
      <Skeleton className="mb-4 h-9 w-full" />
      <div className="overflow-hidden rounded-card border border-line bg-surface">
        <SkeletonRows rows={8} />
      </div>
    </div>
  );
}
