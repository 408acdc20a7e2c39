"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { FailureCause } from "#lib/failures/schema";
import { chooseColours, colourOfCause, restColour } from "@/components/failures/cause-colour";
import type { FailureView } from "@/components/failures/failure-view";
import { failureSeriesQuery } from "@/components/failures/queries";

/** The colour that a cause has in the chart of this view, so that a row has the same. */
export function useCauseColours(view: FailureView, zone: string | null): (cause: FailureCause) => string {
  const { data } = useQuery(failureSeriesQuery(view, "cause", "whole", zone));
  return useMemo(() => {
    const keys = data?.series.map(({ key }) => key) ?? [];
    if (keys.length === 0) return colourOfCause;
    const colours = chooseColours(keys);
    return (cause) => colours[keys.indexOf(cause)] ?? restColour;
  }, [data]);
}
