"use client";

import { useQuery } from "@tanstack/react-query";
import type { Sync } from "#lib/inventory/schema-sync";
import type { RegistryItem } from "#lib/registries/schema";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { latestLookAt } from "@/components/registries/describe-registry";
import {
  describeInterval,
  describeSyncKind,
  describeSyncPhase,
  isUnderWay,
  syncStateWords,
} from "@/components/registries/describe-sync";
import { registriesKey, registryPath, syncQuery } from "@/components/registries/queries";
import type { RegistryRights } from "@/components/registries/registry-rights";
import { Button } from "@/components/ui/button";
import { Card, Facts } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/format-bytes";
import { StateDot } from "@/components/ui/pill";
import { ProgressBar } from "@/components/ui/progress-bar";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { SkeletonRows } from "@/components/ui/skeleton";
import { StaleBanner } from "@/components/ui/stale-banner";

type Kind = "full" | "sweep";

/** How reading the registry goes, or went last, and what starts and stops it. */
export function RegistrySync({ registry, rights }: { registry: RegistryItem; rights: RegistryRights }) {
  const query = useQuery(syncQuery(registry.slug));
  const path = `${registryPath(registry.slug)}/sync`;
  const invalidates = [[...registriesKey, "sync", registry.slug]];
  const start = useDeed<Kind, Sync>({
    request: (kind) => ({ path, method: "POST", body: { kind } }),
    invalidates,
  });
  const stop = useDeed<void, Sync>({ request: () => ({ path, method: "DELETE" }), invalidates });
  const sync = query.data;
  if (!sync) {
    if (!query.error) return <SkeletonRows rows={5} />;
    return (
      <ErrorState title="The state of the sync did not come" onRetry={() => void query.refetch()}>
        {describeError(query.error)}
      </ErrorState>
    );
  }
  const mayStart = rights.sync && registry.disconnectedAt === null;
  const problem = start.error ?? stop.error;
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 flex-col gap-3">
        {query.error ? (
          <StaleBanner since={new Date(query.dataUpdatedAt).toISOString()}>
            {describeError(query.error)}
          </StaleBanner>
        ) : null}
        <Card
          title={sync.state === "never" ? "No run yet" : capitalise(describeSyncKind(sync))}
          detail={<RunState sync={sync} />}
          actions={
            mayStart ? (
              <RunButtons
                sync={sync}
                busy={start.isPending || stop.isPending}
                onStart={(kind) => {
                  stop.reset();
                  start.mutate(kind);
                }}
                onStop={() => {
                  start.reset();
                  stop.mutate();
                }}
              />
            ) : null
          }
        >
          {problem ? (
            <p role="alert" className="border-b border-line px-3.5 py-2.5 text-danger">
              {describeError(problem)}
            </p>
          ) : null}
          <RunWords sync={sync} mayStart={mayStart} />
          {sync.state === "never" ? null : <RunFigures sync={sync} whole={rights.whole} />}
        </Card>
      </div>
      <ScheduleCard registry={registry} />
    </div>
  );
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function RunState({ sync }: { sync: Sync }) {
  const { tone, word } = syncStateWords[sync.state];
  return (
    <span className="inline-flex items-center gap-1.5">
      <StateDot tone={tone} />
      {word}
      {sync.finishedAt ? (
        <RelativeTime at={sync.finishedAt} />
      ) : isUnderWay(sync) && sync.startedAt ? (
        <span>
          begun <RelativeTime at={sync.startedAt} />
        </span>
      ) : null}
    </span>
  );
}

function RunButtons({
  sync,
  busy,
  onStart,
  onStop,
}: {
  sync: Sync;
  busy: boolean;
  onStart: (kind: Kind) => void;
  onStop: () => void;
}) {
  if (isUnderWay(sync))
    return (
      <Button size="small" busy={busy || sync.state === "stopping"} onClick={onStop}>
        {sync.state === "stopping" ? "Stopping" : "Stop"}
      </Button>
    );
  const stopped = sync.state === "stopped" && sync.kind !== "repository" ? sync.kind : null;
  return (
    <>
      <Button
        size="small"
        variant={stopped === "sweep" ? "primary" : "secondary"}
        busy={busy}
        onClick={() => onStart("sweep")}
      >
        {stopped === "sweep" ? "Resume the quick sweep" : "Start a quick sweep"}
      </Button>
      <Button
        size="small"
        variant={stopped === "sweep" ? "secondary" : "primary"}
        busy={busy}
        onClick={() => onStart("full")}
      >
        {stopped === "full" ? "Resume the full sync" : "Start a full sync"}
      </Button>
    </>
  );
}

function RunWords({ sync, mayStart }: { sync: Sync; mayStart: boolean }) {
  if (sync.state === "never")
    return (
      <p className="px-3.5 py-4 text-muted">
        The registry has not been read yet.{" "}
        {mayStart
          ? "A full sync finds its repositories, tags and manifests."
          : "An engineer or admin can start it."}
      </p>
    );
  return (
    <div className="flex flex-col gap-2 px-3.5 py-3.5">
      {isUnderWay(sync) || (sync.state !== "succeeded" && sync.progress.repositoriesTotal > 0) ? (
        <ProgressBar
          label={`${describeSyncKind(sync)}, repositories`}
          done={sync.progress.repositoriesDone}
          total={
            sync.state === "queued" && sync.progress.repositoriesDone === 0
              ? 0
              : sync.progress.repositoriesTotal
          }
        />
      ) : null}
      {isUnderWay(sync) ? <p className="text-muted">{capitalise(describeSyncPhase(sync))}.</p> : null}
      {sync.state === "queued" ? (
        <p className="text-small text-faint">
          It begins within seconds. If it does not, check that the worker runs.
        </p>
      ) : null}
      {sync.state === "stopped" ? (
        <p className="text-muted">It was stopped. What was read is kept, and resuming goes on from there.</p>
      ) : null}
      {sync.state === "failed" ? (
        <p className="text-danger">
          <SafeText text={sync.error ?? "It ended early, without a reason."} clip={false} />{" "}
          <span className="text-muted">
            What was known before stays. It is tried again by itself on schedule.
          </span>
        </p>
      ) : null}
      {sync.state === "succeeded" && sync.incomplete === null ? (
        <p className="text-muted">It ended well: the inventory is whole.</p>
      ) : null}
      {sync.incomplete !== null ? (
        <p className="text-warn">
          The inventory may not be whole: <SafeText text={sync.incomplete} clip={false} />
        </p>
      ) : null}
    </div>
  );
}

function RunFigures({ sync, whole }: { sync: Sync; whole: boolean }) {
  const { progress } = sync;
  const figures = [
    {
      label: "Repositories",
      value: `${formatCount(progress.repositoriesDone)} of ${formatCount(progress.repositoriesTotal)}`,
    },
    { label: "Tags", value: formatCount(progress.tagsDone) },
    { label: "Manifests read", value: formatCount(progress.manifestsDone) },
    { label: "Requests", value: formatCount(progress.requests) },
  ];
  return (
    <>
      {whole ? (
        <dl className="grid grid-cols-2 border-t border-line sm:grid-cols-4">
          {figures.map(({ label, value }) => (
            <div key={label} className="px-3.5 py-3">
              <dt className="text-small text-faint">{label}</dt>
              <dd className="text-lead font-semibold">{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      <p className="border-t border-line px-3.5 py-2 text-small text-faint">
        {sync.requestedBy ? (
          <>
            Asked for by <bdi>{sync.requestedBy}</bdi>
          </>
        ) : (
          "Asked for by the schedule"
        )}
        {sync.startedAt ? (
          <>
            , begun <RelativeTime at={sync.startedAt} />
          </>
        ) : null}
        {sync.startedAt && sync.finishedAt ? (
          <>, took {describeLength(Date.parse(sync.finishedAt) - Date.parse(sync.startedAt))}</>
        ) : null}
      </p>
    </>
  );
}

function describeLength(milliseconds: number): string {
  if (milliseconds < 1_000) return "less than a second";
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function ScheduleCard({ registry }: { registry: RegistryItem }) {
  return (
    <Card title="What the runs do">
      <Facts
        facts={[
          {
            label: "Full sync",
            value:
              "Lists every repository and tag and reads each manifest that is new. Takes longest the first time.",
          },
          { label: "Quick sweep", value: "Asks each tag whether it moved, and reads only what did." },
          {
            label: "By itself",
            value:
              registry.syncEveryMinutes === 0
                ? "Never: this registry is read only by hand."
                : `A sweep ${describeInterval(registry.syncEveryMinutes)}; once a day while notifications arrive.`,
          },
          { label: "Last full sync", value: <RelativeTime at={registry.lastSyncedAt} /> },
          { label: "Last look", value: <RelativeTime at={latestLookAt(registry)} /> },
        ]}
      />
    </Card>
  );
}
