import Link from "next/link";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { artifactHref } from "@/components/artifacts/artifact-href";
import {
  kindInWords,
  mediaTypeInWords,
  predicateInWords,
} from "@/components/artifacts/prepare-artifact-words";
import { Card, Facts } from "@/components/ui/card";
import { Digest } from "@/components/ui/digest";
import { SafeText } from "@/components/ui/safe-text";

/** What an artifact that is neither image nor chart says of itself. */
export function ArtifactFactsCard({ artifact }: { artifact: Artifact }) {
  const predicate =
    artifact.annotations["dev.sigstore.bundle.predicateType"] ??
    artifact.annotations["in-toto.io/predicate-type"];
  const facts = [
    { label: "Kind", value: kindInWords(artifact.kind) },
    { label: "Artifact type", value: typeValue(artifact.artifactType) },
    { label: "Config type", value: typeValue(artifact.configMediaType) },
    { label: "Media type", value: <SafeText text={artifact.mediaType} mono clip={false} /> },
  ];
  if (predicate !== undefined)
    facts.push({ label: "States", value: <SafeText text={predicateInWords(predicate)} clip={false} /> });
  if (artifact.subject !== null)
    facts.push({
      label: "Speaks of",
      value: (
        <Link
          href={artifactHref({ ...artifact, reference: artifact.subject })}
          prefetch={false}
          className="hover:text-accent hover:underline"
        >
          <Digest digest={artifact.subject} copy={false} />
        </Link>
      ),
    });
  return (
    <Card title="Artifact">
      <Facts facts={facts} />
    </Card>
  );
}

function typeValue(type: string | null) {
  if (type === null) return <span className="text-faint">not said</span>;
  const words = mediaTypeInWords(type);
  return (
    <>
      {words ? <span className="mr-2">{words}</span> : null}
      <SafeText text={type} mono clip={false} className={words ? "text-faint" : undefined} />
    </>
  );
}
