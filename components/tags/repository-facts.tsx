import type { RepositoryDetail, RepositoryStorage } from "#lib/inventory/schema";
import { formatBytes, formatCount, formatPlural } from "@/components/ui/format-bytes";
import { LastPull } from "@/components/ui/last-pull";
import { RelativeTime } from "@/components/ui/relative-time";
import { describeShares, ShareBar } from "@/components/ui/share-bar";

/** The line under the title: how much, how old, and how much of it is nobody else's. */
export function RepositoryFacts({
  detail,
  storage,
}: {
  detail: RepositoryDetail;
  storage: RepositoryStorage | undefined;
}) {
  const untagged = storage?.untaggedManifestCount;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <span>{formatPlural(detail.tagCount, "tag")}</span>
      <Dot />
      <span>
        {formatPlural(detail.manifestCount, "manifest")}
        {untagged ? <span className="max-sm:hidden">, {formatCount(untagged)} without a tag</span> : null}
      </span>
      <Dot />
      <span>{formatBytes(detail.sizeBytes)}</span>
      <StorageBar storage={storage} />
      <Dot />
      <span>
        pushed <RelativeTime at={detail.lastPushedAt} fallback="at an unknown time" />
      </span>
      <Dot />
      <span>
        last pull <LastPull at={detail.lastPulledAt} pullsSince={detail.registryState.pullsSince} />
      </span>
    </div>
  );
}

/**
 * Unique and shared bytes as a bar, with the words beside it. Its place is kept until the figures are there; on a phone
 * it is a line of its own at the end, so that longer words push nothing down.
 */
function StorageBar({ storage }: { storage: RepositoryStorage | undefined }) {
  const unique = storage?.uniqueBytes ?? 0;
  const shared = storage?.sharedBytes ?? 0;
  const place = "max-sm:order-last max-sm:h-5 max-sm:w-full";
  const isTold = storage === undefined || (storage.uniqueBytes !== null && storage.sharedBytes !== null);
  if (!isTold || (storage && unique + shared === 0)) return <span className={`${place} sm:hidden`} />;
  return (
    <span className={`inline-flex items-center gap-2 whitespace-nowrap ${place}`}>
      <ShareBar unique={unique} shared={shared} className="w-24" />
      <span className="text-faint">{storage ? describeShares(unique, shared) : "counting"}</span>
    </span>
  );
}

function Dot() {
  return (
    <span aria-hidden="true" className="text-faint">
      ·
    </span>
  );
}
