"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { Artifact } from "#lib/inventory/schema-artifact";
import type { DigestPlace } from "#lib/search/schema";
import { digestPlacesQuery } from "@/components/artifacts/queries";
import { describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-bytes";
import { imageHref } from "@/components/ui/image-href";
import { Pill } from "@/components/ui/pill";
import { SafeText } from "@/components/ui/safe-text";
import { Skeleton } from "@/components/ui/skeleton";

const shownTags = 6;

/** Every other place, over all registries, that holds the same digest. */
export function DigestPlacesCard({ artifact }: { artifact: Artifact }) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    digestPlacesQuery(artifact.digest),
  );
  const elsewhere = (data?.pages.flatMap((page) => page.items) ?? []).filter(
    (place) => place.registry !== artifact.registry || place.repository !== artifact.repository,
  );
  return (
    <Card title="Where else is this digest">
      {data ? null : error ? (
        <p role="alert" className="px-3.5 py-3 text-muted">
          {describeError(error)}
        </p>
      ) : (
        <div className="px-3.5 py-3">
          <Skeleton className="h-4 w-1/2" />
        </div>
      )}
      {data && elsewhere.length === 0 && !hasNextPage ? (
        <p className="px-3.5 py-3 text-muted">Nowhere else in the registries that you may see.</p>
      ) : null}
      {elsewhere.length > 0 ? (
        <ul className="divide-y divide-line">
          {elsewhere.map((place) => (
            <PlaceLine key={`${place.registry} ${place.repository} ${place.as}`} place={place} />
          ))}
        </ul>
      ) : null}
      {hasNextPage ? (
        <div className="border-t border-line px-3.5 py-2">
          <Button size="small" busy={isFetchingNextPage} onClick={() => fetchNextPage()}>
            Show more places
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

function PlaceLine({ place }: { place: DigestPlace }) {
  const tags = place.tags.slice(0, shownTags);
  const more = place.tagCount - tags.length;
  return (
    <li className="flex flex-col gap-1 px-3.5 py-2">
      <Link href={place.href} prefetch={false} className="min-w-0 hover:text-accent hover:underline">
        <SafeText text={`${place.registry}/${place.repository}`} />
      </Link>
      <span className="flex flex-wrap items-center gap-1 text-small text-faint">
        {place.as === "blob" ? "as a layer or config" : place.tagCount === 0 ? "without a tag" : null}
        {tags.map((tag) => (
          <Link
            key={tag}
            href={imageHref(place.registry, place.repository, tag)}
            prefetch={false}
            className="max-w-full"
          >
            <Pill className="hover:text-accent">
              <SafeText text={tag} className="max-w-40" />
            </Pill>
          </Link>
        ))}
        {more > 0 ? `and ${formatCount(more)} more` : null}
      </span>
    </li>
  );
}
