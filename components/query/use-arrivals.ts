"use client";

import { type QueryKey, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

const every = 5_000;

/**
 * How many things came since the list was loaded, so that the list can say so instead of jumping.
 * `newestShown` is the newest time in the list where the list is sorted by it, and null otherwise.
 */
export function useArrivals({
  queryKey,
  fetchTimes,
  loadedAt,
  newestShown,
}: {
  queryKey: QueryKey;
  fetchTimes: (signal: AbortSignal) => Promise<string[]>;
  loadedAt: number;
  newestShown: string | null;
}): number {
  // Nothing can have come in the first moments: the page itself loads first.
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), every);
    return () => clearTimeout(timer);
  }, []);
  const times = useQuery({
    queryKey: [...queryKey, "arrivals"],
    queryFn: ({ signal }) => fetchTimes(signal),
    enabled: settled && loadedAt > 0,
    refetchInterval: every,
    staleTime: 0,
    retry: false,
  }).data;
  const newest = times?.[0] ?? null;
  const [first, setFirst] = useState<{ loadedAt: number; newest: string | null }>({
    loadedAt: 0,
    newest: null,
  });
  if (first.loadedAt !== loadedAt && times) setFirst({ loadedAt, newest });
  const base = newestShown ?? (first.loadedAt === loadedAt ? first.newest : newest);
  if (!times || base === null) return 0;
  return times.filter((time) => time > base).length;
}
