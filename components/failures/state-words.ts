import type { Incident, IncidentState } from "#lib/failures/schema-incidents";
import type { Tone } from "@/components/ui/pill";

export const stateTones: Record<IncidentState, Tone> = {
  open: "danger",
  acknowledged: "info",
  snoozed: "plain",
  recovered: "good",
};

/** The state as a row says it: what nothing was heard of for a day is no longer called open. */
export function stateWord({ state, endedQuietly }: Pick<Incident, "state" | "endedQuietly">): string {
  return state === "open" && endedQuietly ? "no longer heard of" : state;
}
