import Link from "next/link";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { artifactHref } from "@/components/artifacts/artifact-href";
import { Card } from "@/components/ui/card";
import { Digest } from "@/components/ui/digest";
import { formatCount } from "@/components/ui/format-bytes";
import { imageHref } from "@/components/ui/image-href";
import { Pill } from "@/components/ui/pill";
import { SafeText } from "@/components/ui/safe-text";

const shownTags = 100;

/** On the page of a digest: the tags that stand on it, and the indexes that it is a child of. */
export function RelatedCard({ artifact }: { artifact: Artifact }) {
  const { registry, repository, tags, parents } = artifact;
  const more = artifact.tagCount - Math.min(tags.length, shownTags);
  return (
    <Card
      title="Tags on this digest"
      detail={artifact.tagCount > 0 ? formatCount(artifact.tagCount) : undefined}
    >
      {tags.length === 0 ? (
        <p className="px-3.5 py-3 text-muted">
          {parents.length > 0
            ? "None of its own: it is held by the index that names it."
            : "None. It can be pulled by its digest until the registry collects its garbage."}
        </p>
      ) : (
        <p className="flex flex-wrap gap-1.5 px-3.5 py-3">
          {tags.slice(0, shownTags).map((tag) => (
            <Link
              key={tag}
              href={imageHref(registry, repository, tag)}
              prefetch={false}
              className="max-w-full"
            >
              <Pill className="hover:text-accent">
                <SafeText text={tag} className="max-w-56" />
              </Pill>
            </Link>
          ))}
          {more > 0 ? <span className="text-small text-faint">and {formatCount(more)} more</span> : null}
        </p>
      )}
      {parents.length > 0 ? (
        <div className="border-t border-line px-3.5 py-2.5">
          <h3 className="mb-1 text-small text-faint">Part of</h3>
          <ul className="flex flex-col gap-1">
            {parents.map((parent) => (
              <li key={parent.digest} className="flex flex-wrap items-center gap-1.5">
                <Link
                  href={artifactHref({ registry, repository, reference: parent.digest })}
                  prefetch={false}
                  className="hover:text-accent hover:underline"
                >
                  <Digest digest={parent.digest} copy={false} />
                </Link>
                {parent.tags.slice(0, 8).map((tag) => (
                  <Link
                    key={tag}
                    href={imageHref(registry, repository, tag)}
                    prefetch={false}
                    className="max-w-full"
                  >
                    <Pill className="hover:text-accent">
                      <SafeText text={tag} className="max-w-40" />
                    </Pill>
                  </Link>
                ))}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </Card>
  );
}
