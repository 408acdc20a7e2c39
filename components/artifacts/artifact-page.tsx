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
import { type ArtifactAddress, artifactQuery } from "@/components/artifacts/queries";
import { RawTab } from "@/components/artifacts/raw-tab";
import { ReferrersTab } from "@/components/artifacts/referrers-tab";
import { useShallowLinks } from "@/components/artifacts/use-shallow-links";
import { ApiError, describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { StaleBanner } from "@/components/ui/stale-banner";
import { Tabs } from "@/components/ui/tabs";

/** One tag or digest: what it is, how it came to be, what hangs on it, and what can be done with it. */
export function ArtifactPage({ registry, repository, reference }: ArtifactAddress) {
  const address = { registry, repository, reference };
  const search = useSearchParams();
  const platform = search.get("platform");
  const root = useShallowLinks<HTMLDivElement>();
  const query = useQuery(artifactQuery(address, platform));
  const { data: artifact, error } = query;
  const status = error instanceof ApiError ? error.status : null;
  // Gone while we looked at it: what was shown must not look as if it still stood.
  if (status === 404 && (platform === null || !artifact))
    return <MissingArtifact address={address} platform={platform} message={describeError(error)} />;
  if (!artifact) {
    if (!error) return <ArtifactSkeleton />;
    return (
      <ErrorState
        title="This artifact cannot be shown"
        requestId={error instanceof ApiError ? error.requestId : null}
        onRetry={() => query.refetch()}
      >
        {describeError(error)}
      </ErrorState>
    );
  }
  const tabs = prepareArtifactTabs(artifact);
  const current = chooseArtifactTab(search.get("tab"), tabs);
  return (
    <div ref={root}>
      <ArtifactHeader artifact={artifact} />
      {error ? (
        <div className="mb-3">
          <StaleBanner
            since={new Date(query.dataUpdatedAt).toISOString()}
            action={
              <Button size="small" onClick={() => query.refetch()}>
                Try again
              </Button>
            }
          >
            {describeError(error)}
          </StaleBanner>
        </div>
      ) : null}
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
        <TabContent tab={current} artifact={artifact} platform={platform} />
      </div>
    </div>
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
