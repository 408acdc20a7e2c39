"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Ellipsis from "lucide-react/icons/ellipsis";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Children, type ReactNode, useState } from "react";
import type { TagMoveItem } from "#lib/inventory/schema";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { fullReference } from "@/components/artifacts/artifact-href";
import { describeArtifact } from "@/components/artifacts/prepare-artifact-words";
import { PullMenu } from "@/components/artifacts/pull-menu";
import { DeleteManifestDialog } from "@/components/deletion/delete-manifest-dialog";
import { DeleteTagDialog } from "@/components/deletion/delete-tag-dialog";
import { toSearch } from "@/components/query/fetch-json";
import { repositoryDetailQuery } from "@/components/repositories/queries";
import { findPreviousDigest } from "@/components/tag-history/prepare-tag-moves";
import { tagHistoryQuery } from "@/components/tags/queries";
import { ButtonLink, buttonClasses } from "@/components/ui/button";
import { Bytes } from "@/components/ui/bytes";
import { Digest, shortenDigest } from "@/components/ui/digest";
import { escapeText } from "@/components/ui/escape-text";
import { formatCount } from "@/components/ui/format-bytes";
import { imageHref } from "@/components/ui/image-href";
import { Menu } from "@/components/ui/menu";
import type { MenuItem } from "@/components/ui/menu-item";
import { PageHeader } from "@/components/ui/page-header";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";

const shownTags = 4;

/** The reference is the title; under it what it is, since when, and what can be done with it. */
export function ArtifactHeader({ artifact }: { artifact: Artifact }) {
  const { registry, repository, tag, digest } = artifact;
  const history = useInfiniteQuery({
    ...tagHistoryQuery(registry, repository, tag ?? ""),
    enabled: tag !== null,
  });
  const moves = history.data?.pages.flatMap((page) => page.items) ?? [];
  const others = artifact.tags.filter((each) => each !== tag);
  const shown = others.slice(0, shownTags);
  const more = artifact.tagCount - (tag === null ? 0 : 1) - shown.length;
  const before = findPreviousDigest(moves);
  const compareHref = `/compare${toSearch({
    from: before === null ? null : fullReference(registry, repository, before),
    to: fullReference(registry, repository, tag ?? digest),
  })}`;
  return (
    <PageHeader
      mono
      title={
        <span title={escapeText(fullReference(registry, repository, tag ?? digest))}>
          <span className="text-muted">{escapeText(registry)}/</span>
          {escapeText(repository)}
          {tag === null ? `@${shortenDigest(digest)}` : `:${escapeText(tag)}`}
        </span>
      }
      actions={
        <>
          <ButtonLink href={compareHref} prefetch={false}>
            Compare
          </ButtonLink>
          {artifact.deletedAt === null ? <PullMenu artifact={artifact} /> : null}
          <DeedsMenu artifact={artifact} />
        </>
      }
    >
      <Line>
        {[
          <Digest key="digest" digest={digest} />,
          <SafeText key="kind" text={describeArtifact(artifact)} clip={false} />,
          <Bytes key="size" bytes={artifact.sizeBytes} />,
          <Pushed key="pushed" artifact={artifact} moves={moves} />,
          others.length > 0 ? (
            <span key="also" className="inline-flex flex-wrap items-center gap-1">
              {tag === null ? "tagged" : "also"}
              {shown.map((each) => (
                <Link
                  key={each}
                  href={imageHref(registry, repository, each)}
                  prefetch={false}
                  className="max-w-full"
                >
                  <Pill className="hover:text-accent">
                    <SafeText text={each} className="max-w-40" />
                  </Pill>
                </Link>
              ))}
              {more > 0 ? <span>and {formatCount(more)} more</span> : null}
            </span>
          ) : null,
          artifact.protected ? (
            <Pill key="protected" title="Deleting here asks for the name of the repository to be typed.">
              protected
            </Pill>
          ) : null,
        ]}
      </Line>
    </PageHeader>
  );
}

/** Parts with dots between them, which wrap as a sentence does. */
function Line({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-y-1 [&>*]:inline-flex [&>*]:max-w-full [&>*]:items-center [&>*:not(:last-child)]:after:px-1.5 [&>*:not(:last-child)]:after:text-faint [&>*:not(:last-child)]:after:content-['·']">
      {Children.map(children, (child) => (child ? <div>{child}</div> : null))}
    </div>
  );
}

/** Who pushed it and when; or, when nobody saw that, since when it is known. */
function Pushed({ artifact, moves }: { artifact: Artifact; moves: readonly TagMoveItem[] }) {
  const [newest] = moves;
  if (newest?.digest === artifact.digest) {
    if (newest.atSeen)
      return (
        <span>
          seen <RelativeTime at={newest.at} seen />; nobody saw the push
        </span>
      );
    const deed = newest.source === "console" ? "put back" : "pushed";
    return (
      <span>
        {deed} <RelativeTime at={newest.at} />
        {newest.actor ? <bdi> by {escapeText(newest.actor)}</bdi> : null}
      </span>
    );
  }
  if (artifact.pushedAt !== null)
    return (
      <span>
        pushed <RelativeTime at={artifact.pushedAt} />
      </span>
    );
  return (
    <span>
      first seen <RelativeTime at={artifact.firstSeenAt} seen />
    </span>
  );
}

/** What destroys stands apart from what does not. */
function DeedsMenu({ artifact }: { artifact: Artifact }) {
  const { registry, repository, tag, digest } = artifact;
  const router = useRouter();
  const [dialog, setDialog] = useState<"tag" | "manifest" | null>(null);
  const { data: detail } = useQuery(repositoryDetailQuery(registry, repository));
  const gone = artifact.deletedAt !== null || artifact.registryState.disconnectedAt !== null;
  const items: MenuItem[] = [];
  if (tag !== null)
    items.push({
      key: "tag",
      label: "Delete the tag",
      tone: "danger",
      disabled: gone || !detail?.allowed.deleteTags,
      onSelect: () => setDialog("tag"),
    });
  items.push({
    key: "manifest",
    label:
      artifact.tagCount > 1 ? `Delete the manifest and its ${artifact.tagCount} tags` : "Delete the manifest",
    tone: "danger",
    disabled: gone || !detail?.allowed.deleteManifests,
    onSelect: () => setDialog("manifest"),
  });
  if (gone)
    items.push({ kind: "heading", key: "why", label: "There is nothing here that could be deleted." });
  else if (detail && !detail.allowed.deleteTags && !detail.allowed.deleteManifests)
    items.push({
      kind: "heading",
      key: "why",
      label: "Your roles do not hold tags.delete or manifests.delete here. An admin can give them to you.",
    });
  return (
    <>
      <Menu label="More deeds" items={items} className={buttonClasses()}>
        <Ellipsis aria-hidden="true" className="size-4" />
      </Menu>
      {dialog === "tag" && tag !== null ? (
        <DeleteTagDialog
          registry={registry}
          repository={repository}
          tag={tag}
          onDone={() => setDialog(null)}
        />
      ) : null}
      {dialog === "manifest" ? (
        <DeleteManifestDialog
          registry={registry}
          repository={repository}
          digest={digest}
          onDone={(deleted) => {
            setDialog(null);
            if (deleted) router.push(imageHref(registry, repository));
          }}
        />
      ) : null}
    </>
  );
}
