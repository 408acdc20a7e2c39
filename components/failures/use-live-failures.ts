"use client";

import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Incident } from "#lib/failures/schema-incidents";
import type { Page } from "#lib/http/page-schema";
import type { FailureView } from "@/components/failures/failure-view";
import {
  failureSeriesKey,
  failuresKey,
  fetchNewestIncidents,
  incidentsKey,
} from "@/components/failures/queries";
import { useFailureStream } from "@/components/failures/use-failure-stream";
import { reloadList } from "@/components/query/reload-list";

// The list follows at once; a chart of a day need not be drawn again each second.
const chartsEveryMs = 5_000;

/**
 * Keeps the page as it is now. Where rows that push in would take the place from under somebody's eyes, new incidents
 * are only counted, until they are asked for.
 */
export function useLiveFailures(
  view: FailureView,
  isHeld: () => boolean,
): { arrivals: number; show: () => void; awaySince: string | null } {
  const client = useQueryClient();
  const [newest, setNewest] = useState<string[]>([]);
  const chartsAt = useRef(0);
  const chartsLater = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(chartsLater.current), []);
  const key = incidentsKey(view);
  const list = client.getQueryData<InfiniteData<Page<Incident>>>(key);

  const refreshCharts = () => {
    clearTimeout(chartsLater.current);
    chartsLater.current = setTimeout(
      () => {
        chartsAt.current = performance.now();
        void client.invalidateQueries({ queryKey: failureSeriesKey });
      },
      Math.max(0, chartsAt.current + chartsEveryMs - performance.now()),
    );
  };
  const onChange = () => {
    refreshCharts();
    void client.invalidateQueries({ queryKey: [...failuresKey, "one"] });
    if (isHeld() || (client.getQueryData<typeof list>(key)?.pages.length ?? 0) > 1)
      void fetchNewestIncidents(view).then(setNewest, () => undefined);
    else void client.invalidateQueries({ queryKey: key });
  };
  const loadedAt = () => client.getQueryState(key)?.dataUpdatedAt ?? 0;
  const awaySince = useFailureStream(onChange, loadedAt);
  return {
    arrivals: countArrivals(list, newest),
    show: () => {
      setNewest([]);
      void reloadList(client, key);
    },
    awaySince,
  };
}

/** Numbers of incidents only grow: what is higher than all that is shown came later. */
function countArrivals(list: InfiniteData<Page<Incident>> | undefined, newest: readonly string[]): number {
  if (!list) return 0;
  const last = list.pages.reduce(
    (most, page) => page.items.reduce((more, { id }) => Math.max(more, Number(id)), most),
    0,
  );
  return newest.filter((id) => Number(id) > last).length;
}
