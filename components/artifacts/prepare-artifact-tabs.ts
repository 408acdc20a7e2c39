import type { Artifact } from "#lib/inventory/schema-artifact";
import { hasBuildHistory } from "@/components/artifacts/prepare-artifact-words";

export const artifactTabs = ["overview", "layers", "config", "referrers", "annotations", "raw"] as const;
export type ArtifactTab = (typeof artifactTabs)[number];

export interface ArtifactTabItem {
  key: ArtifactTab;
  label: string;
  count: number | null;
}

/** The tabs that this kind of artifact has. */
export function prepareArtifactTabs(
  artifact: Pick<Artifact, "kind" | "layers" | "referrerCount" | "attestations" | "annotations">,
): ArtifactTabItem[] {
  const built = hasBuildHistory(artifact.kind);
  const layerCount = artifact.layers.filter((layer) => layer.digest !== null).length;
  const tabs: ArtifactTabItem[] = [
    { key: "overview", label: "Overview", count: null },
    { key: "layers", label: built ? "Layers" : "Files", count: layerCount },
  ];
  if (built) tabs.push({ key: "config", label: "Config", count: null });
  tabs.push(
    { key: "referrers", label: "Referrers", count: artifact.referrerCount + artifact.attestations.length },
    { key: "annotations", label: "Annotations", count: Object.keys(artifact.annotations).length },
    { key: "raw", label: "Raw", count: null },
  );
  return tabs;
}

/** The tab of the address, or the first when the address names none that is there. */
export function chooseArtifactTab(wanted: string | null, tabs: readonly ArtifactTabItem[]): ArtifactTab {
  return tabs.find((tab) => tab.key === wanted)?.key ?? "overview";
}
