"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { chooseColours } from "@/components/failures/cause-colour";
import type { FailureView } from "@/components/failures/failure-view";
import { failureSeriesQuery } from "@/components/failures/queries";

/** The colour that each cause has in the chart of this view, so that a row has the same. */
export function useCauseColours(view: FailureView, zone: string | null): ReadonlyMap<string, string> {
  const { data } = useQuery(failureSeriesQuery(view, "cause", "whole", zone));
  return useMemo(() => {
    const keys = data?.series.map(({ key }) => key) ?? [];
    const colours = chooseColours(keys);
    return new Map(keys.flatMap((key, index) => (key === null ? [] : [[key, colours[index] ?? ""]])));
  }, [data]);
}
