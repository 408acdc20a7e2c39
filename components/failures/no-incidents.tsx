import {
  clearFilters,
  type FailureView,
  failureViewHref,
  isNarrowed,
} from "@/components/failures/failure-view";
import { windowFacts } from "@/components/failures/failure-window";
import { sourcesHref } from "@/components/failures/sources-href";
import { ButtonLink, buttonClasses } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ViewLink } from "@/components/ui/view-link";

/** Why there is no row: nothing fits, nothing fails, or nobody tells. */
export function NoIncidents({
  view,
  registries,
}: {
  view: FailureView;
  registries: readonly { slug: string }[];
}) {
  if (isNarrowed(view))
    return (
      <EmptyState
        title="No incident fits"
        action={
          <ViewLink href={failureViewHref(clearFilters(view))} className={buttonClasses()}>
            Remove the filters
          </ViewLink>
        }
      >
        Take a filter away, choose another state, or widen the time.
      </EmptyState>
    );
  if (view.state !== "open")
    return (
      <EmptyState title={view.state === "all" ? "Nothing failed" : `Nothing is ${view.state}`}>
        {view.state === "all" ? "No failed pull" : `No incident that is ${view.state}`} was heard of{" "}
        {windowFacts[view.window].last}.
      </EmptyState>
    );
  return (
    <EmptyState
      title="Nothing fails now"
      action={
        <div className="flex flex-wrap gap-2">
          <ButtonLink href={sourcesHref(view.registry, registries)}>Connect more sources</ButtonLink>
          <ViewLink
            href={failureViewHref(view, { state: "all" })}
            className={buttonClasses({ variant: "ghost" })}
          >
            What failed before
          </ViewLink>
        </div>
      }
    >
      <p>
        When a pull fails, it is here within seconds: what, why, for whom, and the step that mends it.
        Refusals of the token endpoint come by themselves. What the registry refuses is in its log, and what
        nodes cannot pull is in the events of Kubernetes: connect both as sources to see all of it.
      </p>
    </EmptyState>
  );
}
