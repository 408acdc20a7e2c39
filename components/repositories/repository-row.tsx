import Link from "next/link";
import { memo } from "react";
import type { RepositoryItem } from "#lib/inventory/schema";
import { Bytes } from "@/components/ui/bytes";
import { CopyButton } from "@/components/ui/copy-button";
import { formatCount } from "@/components/ui/format-bytes";
import { imageHref } from "@/components/ui/image-href";
import { LastPull, nothingToldOfPulls } from "@/components/ui/last-pull";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { describeShares, ShareBar } from "@/components/ui/share-bar";
import { Sparkline } from "@/components/ui/sparkline";

export const repositoryRowHeight = 40;

/** What every row of a registry has to know of it. */
export interface RegistryStanding {
  /** Why the registry cannot be believed now, if so. */
  failing: string | null;
  /** Since when it tells of pulls; null when it never did. */
  pullsSince: string | null;
}

/** One repository. The path before the last part is quieter, so that the eye finds the name. */
export const RepositoryRow = memo(function RepositoryRow({
  repository,
  index,
  showRegistry,
  standing,
}: {
  repository: RepositoryItem;
  index: number;
  showRegistry: boolean;
  standing: RegistryStanding | undefined;
}) {
  const failing = standing?.failing ?? null;
  const { registry, name } = repository;
  const slash = name.indexOf("/");
  const path = slash === -1 ? "" : name.slice(0, slash + 1);
  return (
    <tr
      data-row={index}
      aria-rowindex={index + 2}
      className="group h-10 border-b border-line last:border-b-0 focus-within:bg-accent-soft hover:bg-sunken/60"
    >
      <td className="overflow-hidden pr-2 pl-3.5">
        <div className="flex min-w-0 items-center gap-1.5">
          <Link
            data-row-link=""
            href={imageHref(registry, name)}
            prefetch={false}
            title={`${registry}/${name}`}
            className="-mx-1 min-w-0 truncate rounded-[5px] px-1 py-1.5"
          >
            {showRegistry ? <span className="text-faint">{registry} / </span> : null}
            <span className={showRegistry ? "font-semibold" : "text-faint"}>{path}</span>
            <span className="font-semibold">{name.slice(path.length)}</span>
          </Link>
          {repository.protected ? <Pill className="max-sm:hidden">protected</Pill> : null}
          {repository.missingSince ? (
            <Pill tone="warn" title="The registry no longer lists it. Its history is kept.">
              gone
            </Pill>
          ) : null}
          {repository.disconnectedAt ? <Pill>disconnected</Pill> : null}
          {failing ? (
            <Pill tone="warn" title={failing}>
              stale
            </Pill>
          ) : null}
          <CopyButton
            text={`${registry}/${name}`}
            label={`Copy ${registry}/${name}`}
            className="ml-auto opacity-0 max-sm:hidden group-focus-within:opacity-100 group-hover:opacity-100"
          />
        </div>
      </td>
      <td className="px-2 text-right">{formatCount(repository.tagCount)}</td>
      <td className="px-2 max-[1400px]:hidden">
        <Shares repository={repository} />
      </td>
      <td className="px-2 text-right max-sm:hidden">
        <Bytes bytes={repository.sizeBytes} />
      </td>
      <td className="pr-2 pl-5 max-xl:hidden">
        {repository.dailyPulls ? (
          <Sparkline days={repository.dailyPulls} one="pull" />
        ) : (
          <span className="text-faint" title={nothingToldOfPulls}>
            unknown
          </span>
        )}
      </td>
      <td className="pr-2 pl-3 text-muted max-md:hidden">
        <RelativeTime at={repository.lastPushedAt} fallback="unknown" />
      </td>
      <td className="px-2 text-muted max-lg:hidden">
        <LastPull at={repository.lastPulledAt} pullsSince={standing?.pullsSince ?? null} />
      </td>
    </tr>
  );
});

function Shares({ repository: { uniqueBytes, sizeBytes } }: { repository: RepositoryItem }) {
  if (sizeBytes === 0) return null;
  if (uniqueBytes === null)
    return (
      <span className="text-faint" title="Counted with the next sync, for those who see the whole registry">
        unknown
      </span>
    );
  const shared = sizeBytes - uniqueBytes;
  const words = describeShares(uniqueBytes, shared);
  return (
    <span role="img" aria-label={words} title={words} className="block py-2">
      <ShareBar unique={uniqueBytes} shared={shared} className="w-full" />
    </span>
  );
}
