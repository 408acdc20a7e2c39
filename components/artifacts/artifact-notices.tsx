import type { ReactNode } from "react";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { StaleBanner } from "@/components/ui/stale-banner";

/** What one must know before believing the page: deleted, disconnected, registry away, config not readable. */
export function ArtifactNotices({ artifact }: { artifact: Artifact }) {
  const { registryState } = artifact;
  const notices: ReactNode[] = [];
  if (artifact.deletedAt !== null)
    notices.push(
      <Notice key="deleted">
        This manifest is gone from the registry: deleted, or found missing,{" "}
        <RelativeTime at={artifact.deletedAt} />. What is shown is what was known of it. It cannot be pulled.
      </Notice>,
    );
  if (registryState.disconnectedAt !== null)
    notices.push(
      <StaleBanner key="disconnected" since={registryState.lastSyncedAt}>
        {registryState.name} is disconnected. Its history is kept; nothing can be changed there.
      </StaleBanner>,
    );
  else if (registryState.state === "failing")
    notices.push(
      <StaleBanner key="failing" since={registryState.lastSyncedAt}>
        <SafeText
          text={`${registryState.name} does not answer as it should${registryState.stateDetail ? `: ${registryState.stateDetail}` : "."}`}
          clip={false}
        />{" "}
        Since <RelativeTime at={registryState.stateSince} />.
      </StaleBanner>,
    );
  if (artifact.configProblem !== null && artifact.deletedAt === null)
    notices.push(
      <Notice key="config">
        <SafeText text={artifact.configProblem} clip={false} />
      </Notice>,
    );
  if (notices.length === 0) return null;
  return <div className="mb-3 flex flex-col gap-2">{notices}</div>;
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <div role="status" className="rounded-control bg-warn-soft px-3 py-2 text-small break-words text-warn">
      {children}
    </div>
  );
}
