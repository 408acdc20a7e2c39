import Link from "next/link";
import { memo } from "react";
import type { TagItem } from "#lib/inventory/schema";
import { kindLabels } from "@/components/tags/kind-label";
import { PlatformList } from "@/components/tags/platform-list";
import { Bytes } from "@/components/ui/bytes";
import { Checkbox } from "@/components/ui/checkbox";
import { classNames } from "@/components/ui/class-names";
import { CopyButton } from "@/components/ui/copy-button";
import { Digest } from "@/components/ui/digest";
import { imageHref } from "@/components/ui/image-href";
import { LastPull } from "@/components/ui/last-pull";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";

export const tagRowHeight = 40;

export const TagRow = memo(function TagRow({
  tag,
  index,
  registry,
  repository,
  pullName,
  pullsSince,
  selected,
  onSelect,
}: {
  tag: TagItem;
  index: number;
  registry: string;
  repository: string;
  /** Host and name as they stand before the colon in a pull command. */
  pullName: string;
  /** Since when the registry tells of pulls; null when it never did. */
  pullsSince: string | null;
  selected: boolean;
  onSelect: (tag: string, range: boolean) => void;
}) {
  return (
    <tr
      data-row={index}
      aria-rowindex={index + 2}
      className={classNames(
        "group h-10 border-b border-line last:border-b-0 focus-within:bg-accent-soft",
        selected ? "bg-accent-soft" : "hover:bg-sunken/60",
      )}
    >
      <td className="pl-3.5">
        <Checkbox
          aria-label={`Select ${tag.name}`}
          checked={selected}
          onChange={(event) =>
            onSelect(tag.name, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)
          }
          className="block"
        />
      </td>
      <TagCells
        tag={tag}
        registry={registry}
        repository={repository}
        pullName={pullName}
        pullsSince={pullsSince}
      />
    </tr>
  );
});

/** What does not change with the choice: choosing a hundred tags draws their boxes, and nothing else of them. */
const TagCells = memo(function TagCells({
  tag,
  registry,
  repository,
  pullName,
  pullsSince,
}: {
  tag: TagItem;
  registry: string;
  repository: string;
  pullName: string;
  pullsSince: string | null;
}) {
  return (
    <>
      <td className="overflow-hidden pr-2">
        <div className="flex min-w-0 items-center gap-1.5">
          <Link
            data-row-link=""
            href={imageHref(registry, repository, tag.name)}
            prefetch={false}
            title={tag.name}
            className="tag-mono -mx-1 min-w-0 truncate rounded-[5px] px-1 py-1.5 font-medium"
          >
            {tag.name}
          </Link>
          {tag.kind === "image" || tag.kind === "index" ? null : <Pill>{kindLabels[tag.kind]}</Pill>}
          <CopyButton
            text={`${pullName}:${tag.name}`}
            label={`Copy the reference of ${tag.name}`}
            className="opacity-0 max-sm:hidden group-focus-within:opacity-100 group-hover:opacity-100"
          />
        </div>
      </td>
      <td className="px-2 text-muted max-lg:hidden">
        <Digest digest={tag.digest} />
      </td>
      <td className="overflow-hidden px-2 text-muted max-xl:hidden">
        <PlatformList platforms={tag.platforms} />
      </td>
      <td className="px-2 text-right max-sm:hidden">
        <Bytes bytes={tag.sizeBytes} />
      </td>
      <td className="pr-2 pl-2 text-muted sm:pl-5">
        <RelativeTime at={tag.pushedAt} seen={tag.pushedAtSeen} />
        {tag.pushedAtSeen ? (
          <span
            className="text-faint max-sm:hidden"
            title="Nobody saw the push: this is when it was first seen."
          >
            {" "}
            seen
          </span>
        ) : null}
      </td>
      <td className="px-2 text-muted max-md:hidden">
        <LastPull at={tag.lastPulledAt} pullsSince={pullsSince} />
      </td>
    </>
  );
});
