"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DeletionDialog } from "@/components/deletion/deletion-dialog";
import { prepareTagDeletion } from "@/components/deletion/prepare-deletion";
import { deleteTag, type TagAddress, tagDeletionPlanQuery } from "@/components/deletion/queries";
import { escapeText } from "@/components/ui/escape-text";
import { toast } from "@/components/ui/toast";

/** Shown while it is mounted. `onDone` gets true when the tag is gone. */
export function DeleteTagDialog({
  registry,
  repository,
  tag,
  onDone,
}: TagAddress & { onDone: (deleted: boolean) => void }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const address = { registry, repository, tag };
  const plan = useQuery(tagDeletionPlanQuery(address));
  const deletion = useMutation({
    mutationFn: () => deleteTag(address, plan.data?.protected ? typed : null),
    onSuccess: (result) => {
      toast({ tone: "good", title: result.message });
      onDone(true);
    },
    onSettled: () => client.invalidateQueries(),
  });
  const name = escapeText(tag);
  return (
    <DeletionDialog
      title={`Delete the tag ${name}?`}
      lines={plan.data ? prepareTagDeletion(plan.data) : null}
      planError={plan.data ? null : plan.error}
      onRetry={() => plan.refetch()}
      possible={plan.data?.way !== "not-possible"}
      confirmName={plan.data?.protected ? plan.data.confirm : null}
      typed={typed}
      onType={setTyped}
      deed="Delete the tag"
      busy={deletion.isPending}
      error={deletion.error}
      onDelete={() => deletion.mutate()}
      onClose={() => onDone(false)}
    />
  );
}
