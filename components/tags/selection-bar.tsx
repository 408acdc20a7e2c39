import type { ReactNode } from "react";
import { toSearch } from "@/components/query/fetch-json";
import { Button, ButtonLink } from "@/components/ui/button";
import { formatBytes, formatPlural } from "@/components/ui/format-bytes";

/** What can be done with the chosen tags. It lies over the foot of the page, so that no row moves. */
export function SelectionBar({
  registry,
  repository,
  tags,
  sizeBytes,
  onClear,
  children,
}: {
  registry: string;
  repository: string;
  tags: string[];
  /** Sum over the tags, with what they share counted for each. */
  sizeBytes: number;
  onClear: () => void;
  /** Deeds that need more than a link, such as deletion. */
  children?: ReactNode;
}) {
  const [first, second] = tags;
  if (first === undefined) return null;
  return (
    <section
      aria-label="Chosen tags"
      className="floating appear fixed inset-x-3 bottom-3 z-40 mx-auto flex max-w-2xl flex-wrap items-center gap-2 rounded-card py-2 pr-2 pl-4"
    >
      <p role="status" className="mr-auto">
        <span className="font-semibold">{formatPlural(tags.length, "tag")} chosen</span>
        <span className="text-faint"> · {formatBytes(sizeBytes)}, what they share counted for each</span>
      </p>
      {tags.length === 2 && second !== undefined ? (
        <ButtonLink
          size="small"
          href={`/compare${toSearch({
            from: `${registry}/${repository}:${first}`,
            to: `${registry}/${repository}:${second}`,
          })}`}
        >
          Compare
        </ButtonLink>
      ) : null}
      {children}
      <Button size="small" variant="ghost" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
