"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo, useRef, useState } from "react";
import { FailureBreakdowns } from "@/components/failures/failure-breakdowns";
import { FailureChips } from "@/components/failures/failure-chips";
import { FailureHeatCard } from "@/components/failures/failure-heat-card";
import { FailureTimeCard } from "@/components/failures/failure-time-card";
import { type FailureView, failureViewHref, parseFailureView } from "@/components/failures/failure-view";
import { failureWindows, windowFacts } from "@/components/failures/failure-window";
import { IncidentList } from "@/components/failures/incident-list";
import { prepareAnswer, prepareTitle } from "@/components/failures/prepare-answer";
import { failureSeriesQuery } from "@/components/failures/queries";
import { useIncidentSelection } from "@/components/failures/use-incident-selection";
import { useLiveFailures } from "@/components/failures/use-live-failures";
import { describeError } from "@/components/query/api-error";
import { ChipLink } from "@/components/ui/chip";
import { PageHeader } from "@/components/ui/page-header";
import { StaleBanner } from "@/components/ui/stale-banner";
import { useZone } from "@/components/ui/use-zone";

// Opened by a click, so loaded by it.
const IncidentDrawer = dynamic(() =>
  import("@/components/failures/incident-drawer").then((file) => file.IncidentDrawer),
);

/** What fails, why, since when, for whom, and what to do. All of what is shown is in the address. */
export function FailuresPage({
  registries,
  mayWrite,
}: {
  registries: readonly { slug: string; name: string }[];
  mayWrite: boolean;
}) {
  const search = useSearchParams();
  const view = useMemo(() => parseFailureView(new URLSearchParams(search)), [search]);
  const zone = useZone();
  const causes = useQuery(failureSeriesQuery(view, "cause", "whole", zone));
  const selection = useIncidentSelection();
  const section = useRef<HTMLElement>(null);
  const isHeld = useCallback(
    () =>
      view.failure !== "" ||
      selection.selected.size > 0 ||
      (section.current?.getBoundingClientRect().top ?? 0) < 0,
    [view.failure, selection.selected],
  );
  const { arrivals, show, awaySince } = useLiveFailures(view, isHeld);
  const go = useCallback(
    (change: Partial<FailureView>) => window.history.pushState(null, "", failureViewHref(view, change)),
    [view],
  );
  const isOneRegistry = registries.length === 1 || view.registry !== "";
  const [opener, setOpener] = useState<string | null>(null);
  const stale =
    awaySince ?? (causes.isError && causes.data ? new Date(causes.dataUpdatedAt).toISOString() : null);
  return (
    <>
      <PageHeader
        title={causes.data ? prepareTitle(causes.data) : "Failed pulls"}
        actions={<WindowChoice view={view} />}
      >
        <p className="min-h-[19px]">{causes.data ? prepareAnswer(causes.data, view.window) : null}</p>
      </PageHeader>
      {stale ? (
        <div className="pb-3">
          <StaleBanner since={stale}>
            {causes.isError
              ? describeError(causes.error)
              : "The console does not tell of changes now. It is asked again all the time."}
          </StaleBanner>
        </div>
      ) : null}
      <FailureChips view={view} zone={zone} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="grid min-w-0 gap-5">
          <FailureTimeCard view={view} zone={zone} registries={registries} onChange={go} />
          <section
            ref={section}
            aria-label="Incidents"
            className="min-w-0 overflow-clip rounded-card border border-line bg-surface"
          >
            <IncidentList
              view={view}
              zone={zone}
              registries={registries}
              mayWrite={mayWrite}
              selection={selection}
              arrivals={arrivals}
              onArrivals={show}
              onOpen={setOpener}
              onChange={go}
            />
          </section>
        </div>
        <div className="grid min-w-0 gap-5">
          <FailureHeatCard view={view} zone={zone} isOneRegistry={isOneRegistry} onChange={go} />
          <FailureBreakdowns view={view} zone={zone} isOneRegistry={isOneRegistry} />
        </div>
      </div>
      {view.failure === "" ? null : (
        <IncidentDrawer
          key={view.failure}
          id={view.failure}
          mayWrite={mayWrite}
          onClose={() => {
            // Back to the list as it was; an address that came from elsewhere has none before it.
            if (opener === view.failure) window.history.back();
            else window.history.replaceState(null, "", failureViewHref(view, { failure: "" }));
            setOpener(null);
          }}
        />
      )}
    </>
  );
}

function WindowChoice({ view }: { view: FailureView }) {
  return (
    <nav aria-label="Time" className="flex gap-1.5">
      {failureWindows.map((window) => (
        <ChipLink
          key={window}
          shallow
          on={view.window === window}
          href={failureViewHref(view, { window, from: "", to: "" })}
        >
          {windowFacts[window].word}
        </ChipLink>
      ))}
    </nav>
  );
}
