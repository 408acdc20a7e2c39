"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Incident, IncidentDetail } from "#lib/failures/schema-incidents";
import { failurePath, failuresKey } from "@/components/failures/queries";
import { describeError } from "@/components/query/api-error";
import { fetchJson } from "@/components/query/fetch-json";
import { Button } from "@/components/ui/button";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";
import { toast } from "@/components/ui/toast";

/** What can be done with several at once. It lies over the foot of the page, so that no row moves. */
export function IncidentSelectionBar({
  incidents,
  onClear,
}: {
  incidents: readonly Incident[];
  onClear: () => void;
}) {
  const client = useQueryClient();
  const open = incidents.filter(({ state }) => state === "open" || state === "snoozed");
  const acknowledged = incidents.filter(({ state }) => state === "acknowledged");
  const change = useMutation({
    // One after another: each is a change of its own in the audit.
    mutationFn: async (state: "acknowledged" | "open") => {
      const meant = state === "open" ? acknowledged : open;
      for (const { id } of meant)
        await fetchJson<IncidentDetail>(failurePath(id), { method: "PATCH", body: { state } });
      return meant.length;
    },
    onSuccess: (count, state) => {
      toast({
        title: `${formatPlural(count, "incident")} ${state === "open" ? "open again" : "acknowledged"}`,
      });
      onClear();
    },
    onSettled: () => client.invalidateQueries({ queryKey: failuresKey }),
  });
  if (incidents.length === 0) return null;
  return (
    <section
      aria-label="Chosen incidents"
      className="floating appear fixed inset-x-3 bottom-3 z-40 mx-auto flex max-w-2xl flex-wrap items-center gap-2 rounded-card py-2 pr-2 pl-4"
    >
      <p role="status" className="mr-auto">
        <span className="font-semibold">{formatPlural(incidents.length, "incident")} chosen</span>
        {change.error ? <span className="text-danger"> · {describeError(change.error)}</span> : null}
      </p>
      {open.length > 0 ? (
        <Button
          size="small"
          variant="primary"
          busy={change.isPending}
          onClick={() => change.mutate("acknowledged")}
        >
          Acknowledge {open.length === incidents.length ? "" : formatCount(open.length)}
        </Button>
      ) : acknowledged.length > 0 ? (
        <Button size="small" busy={change.isPending} onClick={() => change.mutate("open")}>
          Open again
        </Button>
      ) : (
        <span className="text-muted">they recovered by themselves</span>
      )}
      <Button size="small" variant="ghost" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
