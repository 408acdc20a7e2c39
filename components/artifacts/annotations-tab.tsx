import type { Artifact } from "#lib/inventory/schema-artifact";
import { ValuesCard } from "@/components/artifacts/config-tab";
import { kindInWords } from "@/components/artifacts/prepare-artifact-words";
import { sortedEntries } from "@/components/artifacts/prepare-config";

export function AnnotationsTab({ artifact }: { artifact: Artifact }) {
  return (
    <ValuesCard
      title="Annotations"
      detail={`of the manifest of this ${kindInWords(artifact.kind)}`}
      values={sortedEntries(artifact.annotations)}
      absent="The manifest has no annotations. Builders write them with, for example, --annotation."
    />
  );
}
