import type { Sync } from "#lib/inventory/schema-sync";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";

export function isUnderWay(sync: Sync): boolean {
  return sync.state === "queued" || sync.state === "running" || sync.state === "stopping";
}

/** `full sync`, `quick sweep`, `sync of team/api`. */
export function describeSyncKind(sync: Pick<Sync, "kind" | "repository">): string {
  if (sync.kind === "sweep") return "quick sweep";
  if (sync.kind === "repository" && sync.repository !== null) return `sync of ${sync.repository}`;
  return "full sync";
}

const phases: Record<Sync["progress"]["phase"], string> = {
  catalog: "reading the list of repositories",
  repositories: "reading tags and manifests",
  configs: "reading image configs",
  done: "finishing",
};

/** What it does right now. */
export function describeSyncPhase(sync: Sync): string {
  if (sync.state === "queued") return "waiting for the worker";
  if (sync.state === "stopping") return "stopping after what is under way";
  return phases[sync.progress.phase];
}

/** How far it got: `12 of 40 repositories · 310 tags`. */
export function describeSyncCounts({ progress }: Sync): string {
  const { repositoriesDone, repositoriesTotal, tagsDone } = progress;
  if (repositoriesTotal === 0) return "not counted yet";
  return `${formatCount(repositoriesDone)} of ${formatPlural(repositoriesTotal, "repository", "repositories")} · ${formatPlural(tagsDone, "tag")}`;
}

export const syncStateWords: Record<
  Sync["state"],
  { tone: "good" | "warn" | "danger" | "plain"; word: string }
> = {
  never: { tone: "plain", word: "never run" },
  queued: { tone: "plain", word: "queued" },
  running: { tone: "good", word: "running" },
  stopping: { tone: "warn", word: "stopping" },
  stopped: { tone: "warn", word: "stopped" },
  succeeded: { tone: "good", word: "done" },
  failed: { tone: "danger", word: "failed" },
};

/** `every hour`, `every 90 minutes`, `only by hand`. */
export function describeInterval(minutes: number): string {
  if (minutes === 0) return "only by hand";
  if (minutes % 1_440 === 0) return minutes === 1_440 ? "every day" : `every ${minutes / 1_440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? "every hour" : `every ${minutes / 60} hours`;
  return minutes === 1 ? "every minute" : `every ${minutes} minutes`;
}
