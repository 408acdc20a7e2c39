"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { isDigestReference } from "@/components/artifacts/artifact-href";
import { ArtifactSkeleton } from "@/components/artifacts/artifact-skeleton";
import type { ArtifactAddress } from "@/components/artifacts/queries";
import { prepareTagMoves } from "@/components/tag-history/prepare-tag-moves";
import { tagHistoryQuery } from "@/components/tag-history/queries";
import { TagHistoryCard } from "@/components/tag-history/tag-history-card";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { escapeText } from "@/components/ui/escape-text";
import { imageHref } from "@/components/ui/image-href";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";

/** There is no such artifact; but a deleted tag keeps its history, and the way back. */
export function MissingArtifact({ address, message }: { address: ArtifactAddress; message: string }) {
  const { registry, repository, reference } = address;
  const isTag = !isDigestReference(reference);
  const history = useInfiniteQuery({ ...tagHistoryQuery(registry, repository, reference), enabled: isTag });
  if (isTag && history.isPending) return <ArtifactSkeleton />;
  const moves = history.data?.pages.flatMap((page) => page.items) ?? [];
  const [last] = prepareTagMoves(moves, { mayPutBack: null, disconnected: false });
  if (!last)
    return (
      <EmptyState
        title={isTag ? "There is no such tag" : "There is no such manifest"}
        action={
          <ButtonLink href={imageHref(registry, repository)}>See the tags of the repository</ButtonLink>
        }
      >
        {message}
      </EmptyState>
    );
  return (
    <>
      <PageHeader
        mono
        title={`${escapeText(registry)}/${escapeText(repository)}:${escapeText(reference)}`}
        actions={
          <ButtonLink href={imageHref(registry, repository)}>See the tags of the repository</ButtonLink>
        }
      >
        <p>
          This tag does not exist now. It was last <bdi>{escapeText(last.lead)}</bdi>{" "}
          <RelativeTime at={last.at} />
          {last.tail ? `; ${last.tail}` : ""}. Its history is kept, and it can be put back to any manifest
          that still exists.
        </p>
      </PageHeader>
      <div className="max-w-3xl">
        <TagHistoryCard registry={registry} repository={repository} tag={reference} />
      </div>
    </>
  );
}
