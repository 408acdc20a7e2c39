"use client";

import { useQueryClient } from "@tanstack/react-query";
import type { ChangeIncidentBody, IncidentDetail } from "#lib/failures/schema-incidents";
import { failurePath, failureQuery, failuresKey } from "@/components/failures/queries";
import { useDeed } from "@/components/query/use-deed";

/** How an incident stands for people: acknowledged, snoozed, open again. */
export function useChangeFailure(id: string) {
  const client = useQueryClient();
  return useDeed<ChangeIncidentBody, IncidentDetail>({
    request: (body) => ({ path: failurePath(id), method: "PATCH", body }),
    invalidates: [[...failuresKey]],
    done: (detail, { state }) => {
      client.setQueryData(failureQuery(id).queryKey, detail);
      if (state === "acknowledged") return { title: "Acknowledged: it is no longer among the open ones" };
      if (state === "snoozed") return { title: "Snoozed: it comes back by itself if it goes on" };
      return { title: "Open again" };
    },
  });
}
