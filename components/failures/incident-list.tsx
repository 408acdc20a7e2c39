"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { incidentStates } from "#lib/failures/schema-incidents";
import { type FailureView, failureViewHref } from "@/components/failures/failure-view";
import {
  IncidentRow,
  incidentRowHeight,
  phoneIncidentRowHeight,
  sinceColumn,
} from "@/components/failures/incident-row";
import { IncidentSelectionBar } from "@/components/failures/incident-selection-bar";
import { NoIncidents } from "@/components/failures/no-incidents";
import { incidentsQuery } from "@/components/failures/queries";
import { useCauseColours } from "@/components/failures/use-cause-colours";
import type { IncidentSelection } from "@/components/failures/use-incident-selection";
import { ApiError, describeError } from "@/components/query/api-error";
import { ArrivalsButton } from "@/components/ui/arrivals-button";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterField } from "@/components/ui/filter-field";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import { SortHeader } from "@/components/ui/sort-header";
import { useListKeys } from "@/components/ui/use-list-keys";
import { usePhone } from "@/components/ui/use-phone";
import { useUnhurried } from "@/components/ui/use-unhurried";
import { useVirtualRows } from "@/components/ui/use-virtual-rows";
import { VirtualGap } from "@/components/ui/virtual-gap";

const stateChoices: Record<FailureView["state"], string> = {
  open: "open",
  acknowledged: "acknowledged",
  snoozed: "snoozed",
  recovered: "recovered",
  all: "every state",
};

/** One row for each thing that fails, however often it does. */
export function IncidentList({
  view,
  zone,
  registries,
  mayWrite,
  selection,
  arrivals,
  onArrivals,
  onOpen,
  onChange,
}: {
  view: FailureView;
  zone: string | null;
  registries: readonly { slug: string; name: string }[];
  mayWrite: boolean;
  selection: IncidentSelection;
  arrivals: number;
  onArrivals: () => void;
  /** Told before the address changes. */
  onOpen: (id: string) => void;
  onChange: (change: Partial<FailureView>) => void;
}) {
  const onFilter = useCallback(
    (q: string) => window.history.replaceState(null, "", failureViewHref(view, { q: q.trim() })),
    [view],
  );
  return (
    <>
      <FilterBar>
        <FilterField
          label="image, who or where contains …"
          value={view.q}
          onFilter={onFilter}
          className="w-full sm:w-64"
        />
        <Select
          aria-label="State"
          value={view.state}
          onChange={(event) => onChange({ state: event.target.value as FailureView["state"] })}
        >
          {[...incidentStates, "all" as const].map((state) => (
            <option key={state} value={state}>
              {stateChoices[state]}
            </option>
          ))}
        </Select>
        {registries.length > 1 ? (
          <RegistrySelect
            registries={registries}
            every
            value={view.registry}
            onSlug={(registry) => onChange({ registry })}
          />
        ) : null}
        <ArrivalsButton count={arrivals} onShow={onArrivals} />
      </FilterBar>
      <Incidents
        view={view}
        registries={registries}
        mayWrite={mayWrite}
        selection={selection}
        onOpen={onOpen}
        zone={zone}
      />
    </>
  );
}

function Incidents({
  view,
  zone,
  registries,
  mayWrite,
  selection,
  onOpen,
}: Pick<
  Parameters<typeof IncidentList>[0],
  "view" | "zone" | "registries" | "mayWrite" | "selection" | "onOpen"
>) {
  const query = useInfiniteQuery(incidentsQuery(view));
  const colourOf = useCauseColours(view, zone);
  const loaded = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const rows = useUnhurried(loaded);
  const body = useRef<HTMLTableSectionElement>(null);
  const rowHeight = usePhone() ? phoneIncidentRowHeight : incidentRowHeight;
  const virtual = useVirtualRows(rows.length, rowHeight, body);
  useListKeys({
    count: rows.length,
    scrollToRow: virtual.scrollToRow,
    onToggle: mayWrite
      ? (index) => {
          const row = rows[index];
          if (row) selection.toggle(row.id);
        }
      : undefined,
    onEscape: selection.clear,
  });
  if (query.isPending) return <SkeletonRows rows={8} rowHeight={rowHeight} />;
  if (query.isError && loaded.length === 0)
    return (
      <ErrorState
        title="The incidents did not come"
        requestId={query.error instanceof ApiError ? query.error.requestId : null}
        onRetry={() => void query.refetch()}
      >
        {describeError(query.error)}
      </ErrorState>
    );
  if (loaded.length === 0) return <NoIncidents view={view} registries={registries} />;
  // Where all are in one state, the choice above says it.
  const showsState = view.state === "all";
  const hrefFor = (sort: string) => failureViewHref(view, { sort });
  const shared = { shallow: true, firstDescending: true, sort: view.sort, hrefFor };
  return (
    <>
      <table
        aria-label="Incidents"
        aria-rowcount={query.hasNextPage ? -1 : rows.length + 1}
        aria-busy={query.isPlaceholderData}
        className={classNames(
          "w-full table-fixed border-collapse text-left",
          query.isPlaceholderData && "stale-content",
        )}
      >
        <colgroup>
          {mayWrite ? <col className="w-10 max-sm:hidden" /> : null}
          <col />
          <col className="w-16 max-sm:hidden" />
          <col className={classNames("w-22", sinceColumn(showsState))} />
          <col className="w-20 sm:w-22" />
          {showsState ? <col className="w-30 max-lg:hidden" /> : null}
        </colgroup>
        <thead className="sticky top-12 z-10 bg-surface shadow-[inset_0_-1px_0_var(--line)]">
          <tr aria-rowindex={1}>
            {mayWrite ? <td className="max-sm:hidden" /> : null}
            <th scope="col" className="h-8 pr-2 pl-3.5 text-small font-medium text-faint">
              What fails
            </th>
            <SortHeader {...shared} field="count" align="right" className="px-2 max-sm:hidden">
              Times
            </SortHeader>
            <SortHeader {...shared} field="firstAt" className={classNames("px-2", sinceColumn(showsState))}>
              Since
            </SortHeader>
            <SortHeader {...shared} field="lastAt" className="px-2">
              Last
            </SortHeader>
            {showsState ? (
              <th scope="col" className="px-2 text-small font-medium text-faint max-lg:hidden">
                State
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody ref={body}>
          {virtual.before > 0 ? <VirtualGap height={virtual.before} /> : null}
          {virtual.rows.map((index) => {
            const incident = rows[index];
            if (!incident) return null;
            return (
              <IncidentRow
                key={incident.id}
                incident={incident}
                colour={colourOf(incident.cause)}
                index={index}
                href={failureViewHref(view, { failure: incident.id })}
                showsState={showsState}
                isOpen={view.failure === incident.id}
                selected={selection.selected.has(incident.id)}
                onSelect={mayWrite ? selection.toggle : undefined}
                onOpen={onOpen}
              />
            );
          })}
          {virtual.after > 0 ? <VirtualGap height={virtual.after} /> : null}
        </tbody>
      </table>
      {query.hasNextPage ? (
        <div className="flex h-12 items-center justify-center gap-3 border-t border-line text-small text-faint">
          {query.isFetchNextPageError ? "The next rows did not come." : null}
          <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
      {mayWrite ? (
        <IncidentSelectionBar
          incidents={rows.filter(({ id }) => selection.selected.has(id))}
          onClear={selection.clear}
        />
      ) : null}
    </>
  );
}
