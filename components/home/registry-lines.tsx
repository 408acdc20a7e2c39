import Link from "next/link";
import type { HomeRegistry } from "#lib/home/schema";
import { formatBytes, formatCount, formatPlural } from "@/components/ui/format-bytes";
import { StateDot } from "@/components/ui/pill";
import { ProgressBar } from "@/components/ui/progress-bar";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";

const words: Record<string, { tone: "good" | "danger" | "plain"; word: string }> = {
  ok: { tone: "good", word: "answers" },
  failing: { tone: "danger", word: "fails" },
  new: { tone: "plain", word: "new" },
};

/** The registries with their state, their size, and the sync that is under way. */
export function RegistryLines({ registries }: { registries: HomeRegistry[] }) {
  return (
    <ul className="divide-y divide-line">
      {registries.map((registry) => {
        const state = words[registry.state] ?? { tone: "plain" as const, word: registry.state };
        return (
          <li key={registry.slug} className="px-3.5 py-2.5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link
                href={`/registries/${encodeURIComponent(registry.slug)}`}
                prefetch={false}
                className="min-w-0 font-semibold hover:underline"
              >
                <SafeText text={registry.name} />
              </Link>
              <span className="inline-flex items-center gap-1.5 text-small text-muted">
                <StateDot tone={state.tone} />
                {state.word}
              </span>
              <Link
                href={`/images?registry=${encodeURIComponent(registry.slug)}`}
                prefetch={false}
                className="text-muted hover:text-ink hover:underline sm:ml-auto"
              >
                {formatPlural(registry.repositoryCount, "repository", "repositories")} ·{" "}
                {formatCount(registry.tagCount)} tags · {formatBytes(registry.sizeBytes)}
              </Link>
            </div>
            <SyncLine registry={registry} />
          </li>
        );
      })}
    </ul>
  );
}

const phaseWords = {
  catalog: "reading the list of repositories",
  repositories: "reading tags and manifests",
  configs: "reading image configs",
  done: "finishing",
};

function SyncLine({ registry }: { registry: HomeRegistry }) {
  const { sync } = registry;
  if (sync.state === "queued") return <p className="text-small text-faint">A sync waits for the worker.</p>;
  if (sync.state === "running" || sync.state === "stopping") {
    const { repositoriesDone, repositoriesTotal, tagsDone, phase } = sync.progress;
    return (
      <div className="mt-1.5 flex flex-col gap-1">
        <ProgressBar label={`Sync of ${registry.slug}`} done={repositoriesDone} total={repositoriesTotal} />
        <p className="text-small text-faint">
          {sync.state === "stopping" ? "Stopping" : `Sync: ${phaseWords[phase]}`},{" "}
          {formatCount(repositoriesDone)} of {formatPlural(repositoriesTotal, "repository", "repositories")},{" "}
          {formatCount(tagsDone)} tags
        </p>
      </div>
    );
  }
  return (
    <p className="text-small text-faint">
      {registry.lastSyncedAt ? (
        <>
          synced <RelativeTime at={registry.lastSyncedAt} />
        </>
      ) : (
        "not synced yet"
      )}
      {registry.lastEventAt ? (
        <>
          {" "}
          · last event <RelativeTime at={registry.lastEventAt} />
        </>
      ) : null}
    </p>
  );
}
