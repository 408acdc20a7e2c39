"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DeletionDialog } from "@/components/deletion/deletion-dialog";
import { prepareManifestDeletion } from "@/components/deletion/prepare-deletion";
import { deleteManifest, manifestDeletionPlanQuery } from "@/components/deletion/queries";
import { shortenDigest } from "@/components/ui/digest";
import { toast } from "@/components/ui/toast";

/** Shown while it is mounted. `onDone` gets true when the manifest is gone. */
export function DeleteManifestDialog({
  registry,
  repository,
  digest,
  onDone,
}: {
  registry: string;
  repository: string;
  digest: string;
  onDone: (deleted: boolean) => void;
}) {
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const address = { registry, repository, reference: digest };
  const plan = useQuery(manifestDeletionPlanQuery(address));
  const deletion = useMutation({
    mutationFn: () =>
      deleteManifest(address, plan.data?.protected ? typed : null, plan.data?.tagsFingerprint),
    onSuccess: (result) => {
      toast({ tone: "good", title: result.message });
      onDone(true);
    },
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <DeletionDialog
      title={`Delete the manifest ${shortenDigest(digest)}?`}
      lines={plan.data ? prepareManifestDeletion(plan.data) : null}
      planError={plan.data ? null : plan.error}
      onRetry={() => plan.refetch()}
      possible={plan.data?.possible ?? true}
      confirmName={plan.data?.protected ? plan.data.confirm : null}
      typed={typed}
      onType={setTyped}
      deed={deedOf(plan.data?.tagCount ?? 0)}
      busy={deletion.isPending}
      error={deletion.error}
      onDelete={() => deletion.mutate()}
      onClose={() => onDone(false)}
    />
  );
}

function deedOf(tagCount: number): string {
  if (tagCount === 0) return "Delete the manifest";
  return tagCount === 1 ? "Delete the manifest and its tag" : `Delete the manifest and its ${tagCount} tags`;
}
