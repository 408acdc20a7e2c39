"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { AnnotationsTab } from "@/components/artifacts/annotations-tab";
import { ArtifactHeader } from "@/components/artifacts/artifact-header";
import { artifactHref } from "@/components/artifacts/artifact-href";
import { ArtifactNotices } from "@/components/artifacts/artifact-notices";
import { ArtifactSkeleton } from "@/components/artifacts/artifact-skeleton";
import { ConfigTab } from "@/components/artifacts/config-tab";
import { LayersTab } from "@/components/artifacts/layers-tab";
import { MissingArtifact } from "@/components/artifacts/missing-artifact";
import { OverviewTab } from "@/components/artifacts/overview-tab";
import {
  type ArtifactTab,
  chooseArtifactTab,
  prepareArtifactTabs,
} from "@/components/artifacts/prepare-artifact-tabs";
import { artifactQuery } from "@/components/artifacts/queries";
import { RawTab } from "@/components/artifacts/raw-tab";
import { ReferrersTab } from "@/components/artifacts/referrers-tab";
import { ApiError, describeError } from "@/components/query/api-error";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { Tabs } from "@/components/ui/tabs";

export interface ArtifactPageProps {
  registry: string;
  repository: string;
  /** A tag or a digest. */
  reference: string;
  /** os/architecture[/variant] or the digest of a child, from the address. */
  platform?: string;
}

/** One tag or digest: what it is, how it came to be, what hangs on it, and what can be done with it. */
export function ArtifactPage({ registry, repository, reference, platform }: ArtifactPageProps) {
  const address = { registry, repository, reference };
  const wanted = useSearchParams().get("tab");
  const query = useQuery(artifactQuery(address, platform ?? null));
  const artifact = query.data;
  if (!artifact) {
    if (!query.error) return <ArtifactSkeleton />;
    if (query.error instanceof ApiError && query.error.status === 404)
      return <MissingArtifact address={address} message={query.error.message} />;
    return (
      <ErrorState
        title="This artifact cannot be shown"
        requestId={query.error instanceof ApiError ? query.error.requestId : null}
        onRetry={() => query.refetch()}
      >
        {describeError(query.error)}
      </ErrorState>
    );
  }
  const tabs = prepareArtifactTabs(artifact);
  const current = chooseArtifactTab(wanted, tabs);
  return (
    <>
      <ArtifactHeader artifact={artifact} />
      <ArtifactNotices artifact={artifact} />
      <Tabs
        label="Views of this artifact"
        current={current}
        tabs={tabs.map((tab) => ({
          ...tab,
          href: artifactHref(address, { tab: tab.key === "overview" ? null : tab.key, platform }),
        }))}
      />
      <div
        className={classNames("pt-4", query.isPlaceholderData && "stale-content")}
        aria-busy={query.isPlaceholderData}
      >
        <TabContent tab={current} artifact={artifact} platform={platform ?? null} />
      </div>
    </>
  );
}

function TabContent({
  tab,
  artifact,
  platform,
}: {
  tab: ArtifactTab;
  artifact: Artifact;
  platform: string | null;
}) {
  if (tab === "layers") return <LayersTab artifact={artifact} />;
  if (tab === "config") return <ConfigTab artifact={artifact} />;
  if (tab === "referrers") return <ReferrersTab artifact={artifact} />;
  if (tab === "annotations") return <AnnotationsTab artifact={artifact} />;
  if (tab === "raw") return <RawTab artifact={artifact} />;
  return <OverviewTab artifact={artifact} platform={platform} />;
}
