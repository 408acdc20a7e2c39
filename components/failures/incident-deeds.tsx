"use client";

import type { IncidentDetail } from "#lib/failures/schema-incidents";
import { prepareSnoozeChoices } from "@/components/failures/prepare-snooze";
import { useChangeFailure } from "@/components/failures/use-change-failure";
import { describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";

/** Acknowledge it, hear no more of it for a while, or open it again. What became of the pulls only events say. */
export function IncidentDeeds({ incident: { id, state } }: { incident: IncidentDetail }) {
  const change = useChangeFailure(id);
  if (state === "recovered") return null;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-center gap-2">
        {state === "open" ? (
          <Button busy={change.isPending} onClick={() => change.mutate({ state: "acknowledged" })}>
            Acknowledge
          </Button>
        ) : (
          <Button busy={change.isPending} onClick={() => change.mutate({ state: "open" })}>
            Open again
          </Button>
        )}
        {state === "snoozed" ? null : (
          <Select
            aria-label="Snooze"
            value=""
            disabled={change.isPending}
            onChange={(event) => {
              const choice = prepareSnoozeChoices(Date.now()).find(({ key }) => key === event.target.value);
              if (choice) change.mutate({ state: "snoozed", until: choice.until });
            }}
          >
            <option value="">Snooze …</option>
            {prepareSnoozeChoices(0).map(({ key, label }) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </div>
      {change.error ? (
        <p role="alert" className="text-danger">
          {describeError(change.error)}
        </p>
      ) : null}
    </div>
  );
}
