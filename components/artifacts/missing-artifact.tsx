"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { artifactHref, fullReference, isDigestReference } from "@/components/artifacts/artifact-href";
import { ArtifactSkeleton } from "@/components/artifacts/artifact-skeleton";
import type { ArtifactAddress } from "@/components/artifacts/queries";
import { prepareTagMoves } from "@/components/tag-history/prepare-tag-moves";
import { TagHistoryCard } from "@/components/tag-history/tag-history-card";
import { tagHistoryQuery } from "@/components/tags/queries";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { escapeText } from "@/components/ui/escape-text";
import { imageHref } from "@/components/ui/image-href";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";

/** There is no such artifact; but a deleted tag keeps its history, and the way back. */
export function MissingArtifact({
  address,
  platform,
  message,
}: {
  address: ArtifactAddress;
  platform: string | null;
  message: string;
}) {
  const { registry, repository, reference } = address;
  const isTag = !isDigestReference(reference);
  const history = useInfiniteQuery({ ...tagHistoryQuery(registry, repository, reference), enabled: isTag });
  if (isTag && history.isPending) return <ArtifactSkeleton />;
  const moves = history.data?.pages.flatMap((page) => page.items) ?? [];
  const [last] = prepareTagMoves(moves, { mayPutBack: null, disconnected: false });
  const gone = last?.digest === null;
  return (
    <>
      <PageHeader
        mono
        title={escapeText(fullReference(registry, repository, reference))}
        actions={
          <>
            {platform ? <ButtonLink href={artifactHref(address)}>See its first platform</ButtonLink> : null}
            <ButtonLink href={imageHref(registry, repository)}>See the tags of the repository</ButtonLink>
          </>
        }
      >
        {gone ? (
          <p>
            This tag does not exist now: <bdi>{escapeText(last.lead)}</bdi> <RelativeTime at={last.at} />
            {last.tail ? `; ${last.tail}` : ""}. Its history is kept, and it can be put back to any manifest
            that still exists.
          </p>
        ) : (
          <p>{isTag ? "There is no such tag." : "There is no such manifest."}</p>
        )}
      </PageHeader>
      <div className="max-w-3xl">
        {last ? (
          <TagHistoryCard registry={registry} repository={repository} tag={reference} />
        ) : (
          <Card title="Why">
            <p className="px-3.5 py-3 text-muted">
              <SafeText text={message} clip={false} />
            </p>
          </Card>
        )}
      </div>
    </>
  );
}
