"use client";

import { useState } from "react";
import { DeleteTagDialog } from "@/components/deletion/delete-tag-dialog";
import { DeletionDialog } from "@/components/deletion/deletion-dialog";
import { linesOfBulk, prepareBulkDeletion } from "@/components/deletion/prepare-deletion";
import { type BulkDeletionState, useBulkDeletion } from "@/components/deletion/use-bulk-deletion";
import { plannedAtMost, useTagDeletionPlans } from "@/components/deletion/use-tag-deletion-plans";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { escapeText } from "@/components/ui/escape-text";
import { formatPlural } from "@/components/ui/format-bytes";
import { ProgressBar } from "@/components/ui/progress-bar";
import { toast } from "@/components/ui/toast";

export interface DeleteTagsDialogProps {
  registry: string;
  repository: string;
  /** The tags chosen, at least one. */
  tags: readonly string[];
  /** Called when the dialog is over, with the tags that are gone: none when the person kept them. */
  onDone: (deleted: string[]) => void;
}

/** Deletes the chosen tags one after the other. Shown while it is mounted. */
export function DeleteTagsDialog({ registry, repository, tags, onDone }: DeleteTagsDialogProps) {
  const [only] = tags;
  if (tags.length === 1 && only !== undefined)
    return (
      <DeleteTagDialog
        registry={registry}
        repository={repository}
        tag={only}
        onDone={(deleted) => onDone(deleted ? [only] : [])}
      />
    );
  return <SeveralTags registry={registry} repository={repository} tags={tags} onDone={onDone} />;
}

function SeveralTags({ registry, repository, tags: chosen, onDone }: DeleteTagsDialogProps) {
  // The list behind the dialog changes while tags go: what was chosen at first is what is meant.
  const [tags] = useState(chosen);
  const [typed, setTyped] = useState("");
  const plans = useTagDeletionPlans(registry, repository, tags);
  const deletion = useBulkDeletion(registry, repository);
  const bulk = plans.data ? prepareBulkDeletion(plans.data) : null;
  const rest = tags.slice(plannedAtMost);
  const going = bulk ? [...bulk.possible, ...(bulk.possible.length > 0 ? rest : [])] : [];

  if (deletion.state.running || deletion.state.finished)
    return (
      <Progress
        state={deletion.state}
        total={going.length}
        onStop={deletion.stop}
        onClose={() => {
          if (deletion.state.done.length > 0 && deletion.state.failed.length === 0)
            toast({ tone: "good", title: `${formatPlural(deletion.state.done.length, "tag")} deleted` });
          onDone(deletion.state.done);
        }}
      />
    );
  return (
    <DeletionDialog
      title={`Delete ${formatPlural(tags.length, "tag")}?`}
      lines={bulk ? linesOfBulk(bulk, repository, going, rest.length) : null}
      planError={bulk ? null : plans.error}
      onRetry={() => plans.refetch()}
      possible={bulk === null || going.length > 0}
      confirmName={bulk?.protectedName ?? null}
      typed={typed}
      onType={setTyped}
      deed={`Delete ${formatPlural(going.length, "tag")}`}
      busy={false}
      error={null}
      onDelete={() => deletion.run(going, bulk?.protectedName ? typed : null)}
      onClose={() => onDone([])}
    />
  );
}

function Progress({
  state,
  total,
  onStop,
  onClose,
}: {
  state: BulkDeletionState;
  total: number;
  onStop: () => void;
  onClose: () => void;
}) {
  const tried = state.done.length + state.failed.length;
  const left = total - tried;
  return (
    <Dialog
      open
      onClose={state.running ? () => undefined : onClose}
      title={state.running ? "Deleting tags" : `${formatPlural(state.done.length, "tag")} deleted`}
      footer={
        state.running ? (
          <Button onClick={onStop}>Stop after this one</Button>
        ) : (
          <Button variant="primary" onClick={onClose}>
            Back to the tags
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-3">
        <ProgressBar label="Tags deleted" done={tried} total={total} />
        <p role="status" className="text-muted">
          {tried} of {total} tried
          {state.failed.length > 0 ? `, ${state.failed.length} could not be deleted` : ""}
          {!state.running && left > 0 ? `; ${formatPlural(left, "tag")} left alone because you stopped` : ""}.
          {state.running
            ? ""
            : " What was deleted can be put back from its history while the manifest exists."}
        </p>
        {state.failed.length > 0 ? (
          <ul className="flex max-h-64 flex-col gap-1 overflow-y-auto">
            {state.failed.map((each) => (
              <li key={each.tag} className="[overflow-wrap:anywhere]">
                <code>{escapeText(each.tag)}</code>{" "}
                <span className="text-danger">{escapeText(each.reason)}</span>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </Dialog>
  );
}
