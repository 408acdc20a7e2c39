import type { Artifact } from "#lib/inventory/schema-artifact";
import { ArtifactFactsCard } from "@/components/artifacts/artifact-facts-card";
import { ChartCard } from "@/components/artifacts/chart-card";
import { DigestPlacesCard } from "@/components/artifacts/digest-places-card";
import { EvidenceCard } from "@/components/artifacts/evidence-card";
import { LayersCard } from "@/components/artifacts/layers-card";
import { PlatformsCard } from "@/components/artifacts/platforms-card";
import { hasBuildHistory } from "@/components/artifacts/prepare-artifact-words";
import { RelatedCard } from "@/components/artifacts/related-card";
import { TagHistoryCard } from "@/components/tag-history/tag-history-card";

/** What it is at the left, what happened to it and what belongs to it at the right. */
export function OverviewTab({ artifact, platform }: { artifact: Artifact; platform: string | null }) {
  const { registry, repository, tag } = artifact;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[minmax(0,1fr)_27rem]">
      <div className="flex min-w-0 flex-col gap-4">
        {hasBuildHistory(artifact.kind) ? (
          <PlatformsCard artifact={artifact} />
        ) : artifact.kind === "helm-chart" ? (
          <ChartCard artifact={artifact} />
        ) : (
          <ArtifactFactsCard artifact={artifact} />
        )}
        <LayersCard artifact={artifact} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        {tag === null ? (
          <RelatedCard artifact={artifact} />
        ) : (
          <TagHistoryCard registry={registry} repository={repository} tag={tag} />
        )}
        <EvidenceCard artifact={artifact} platform={platform} />
        <DigestPlacesCard artifact={artifact} />
      </div>
    </div>
  );
}
