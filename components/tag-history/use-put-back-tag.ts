"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { PutBackTagBody, PutBackTagResult } from "#lib/inventory/schema";
import { fetchJson } from "@/components/query/fetch-json";
import { toast } from "@/components/ui/toast";

/** Moves a tag to a digest that it stood on before. Nothing is shown as done before the registry has said so. */
export function usePutBackTag(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: PutBackTagBody) =>
      fetchJson<PutBackTagResult>("/api/v1/tags", { method: "POST", body }),
    onSuccess: (result) => {
      toast({ tone: "good", title: result.message });
      onDone();
    },
    // A refusal may mean that the world is not what the page shows.
    onSettled: () => client.invalidateQueries(),
  });
}
