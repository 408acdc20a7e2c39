"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { PutBackTagBody, PutBackTagResult } from "#lib/inventory/schema";
import { DeletionDialog } from "@/components/deletion/deletion-dialog";
import { prepareTagDeletion } from "@/components/deletion/prepare-deletion";
import { deleteTag, type TagAddress, tagDeletionPlanQuery } from "@/components/deletion/queries";
import { describeError } from "@/components/query/api-error";
import { fetchJson } from "@/components/query/fetch-json";
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
      toast({
        tone: "good",
        title: result.message,
        action:
          result.way === "already-gone"
            ? undefined
            : { label: "Put it back", onSelect: () => putBack(result.digest) },
      });
      onDone(true);
    },
    onSettled: () => client.invalidateQueries(),
  });
  const putBack = async (digest: string) => {
    try {
      const body: PutBackTagBody = { registry, repository, tag, digest };
      const result = await fetchJson<PutBackTagResult>("/api/v1/tags", { method: "POST", body });
      toast({ tone: "good", title: result.message });
    } catch (error) {
      toast({ tone: "danger", title: "The tag was not put back", detail: describeError(error) });
    }
    await client.invalidateQueries();
  };
  return (
    <DeletionDialog
      title={`Delete the tag ${escapeText(tag)}?`}
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
