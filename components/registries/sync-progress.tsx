import type { Sync } from "#lib/inventory/schema-sync";
import {
  describeSyncCounts,
  describeSyncKind,
  describeSyncPhase,
} from "@/components/registries/describe-sync";
import { ProgressBar } from "@/components/ui/progress-bar";

/** A run that is under way: the bar, what it does now, how far it got. */
export function SyncProgress({ slug, sync }: { slug: string; sync: Sync }) {
  const { repositoriesDone, repositoriesTotal } = sync.progress;
  return (
    <div className="flex min-w-40 flex-col gap-1">
      <ProgressBar
        label={`${describeSyncKind(sync)} of ${slug}`}
        done={repositoriesDone}
        total={sync.state === "queued" ? 0 : repositoriesTotal}
      />
      <p className="text-small text-faint">
        {sync.state === "queued" || repositoriesTotal === 0
          ? `${describeSyncKind(sync)}, ${describeSyncPhase(sync)}`
          : `${describeSyncCounts(sync)}${sync.state === "stopping" ? " · stopping" : ""}`}
      </p>
    </div>
  );
}
