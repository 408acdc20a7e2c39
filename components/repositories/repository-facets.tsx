"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Check from "lucide-react/icons/check";
import { repositoriesQuery, repositoryFacetsQuery } from "@/components/repositories/queries";
import { type RepositoryView, repositoryViewHref } from "@/components/repositories/repository-view";
import { classNames } from "@/components/ui/class-names";
import { formatFacetCount, formatPlural } from "@/components/ui/format-bytes";
import { ViewLink } from "@/components/ui/view-link";

/** What of the list is worth a look of its own, each with how many there are beside the filters that are on. */
export function RepositoryFacets({ view }: { view: RepositoryView }) {
  const list = useInfiniteQuery({ ...repositoriesQuery(view), enabled: false });
  // Counts come after the rows: whoever types waits for neither.
  const rowsAreThere = list.isSuccess && !list.isPlaceholderData;
  const facets = useQuery({ ...repositoryFacetsQuery(view), enabled: rowsAreThere }).data;
  const silent = facets?.silentRegistries ?? [];
  const kind = (value: RepositoryView["kind"]) =>
    repositoryViewHref(view, { kind: view.kind === value ? "" : value });
  return (
    <>
      <h2 className="px-2 pb-1.5 text-small text-faint">Show only</h2>
      <ul>
        <Facet
          label="Protected"
          on={view.protected === "true"}
          count={facets?.protected}
          href={repositoryViewHref(view, { protected: view.protected ? "" : "true" })}
        />
        <Facet
          label="Never pulled"
          on={view.pulled === "never"}
          count={facets?.neverPulled}
          href={repositoryViewHref(view, { pulled: view.pulled === "never" ? "" : "never" })}
        />
        <Facet
          label="Stale"
          on={view.stale === "true"}
          count={facets?.stale}
          href={repositoryViewHref(view, { stale: view.stale ? "" : "true" })}
          title="The last known state: their registry does not answer as it should"
        />
        <Facet label="Images" on={view.kind === "image"} count={facets?.kinds.image} href={kind("image")} />
        <Facet
          label="Helm charts"
          on={view.kind === "helm-chart"}
          count={facets?.kinds["helm-chart"]}
          href={kind("helm-chart")}
        />
        <Facet
          label="Other artifacts"
          on={view.kind === "artifact"}
          count={facets?.kinds.artifact}
          href={kind("artifact")}
        />
      </ul>
      {silent.length > 0 ? (
        <p className="px-2 pt-1.5 text-small text-faint" title={silent.join(", ")}>
          {silent.length === 1
            ? `${silent[0]} tells nothing of pulls.`
            : `${formatPlural(silent.length, "registry tells", "registries tell")} nothing of pulls.`}
        </p>
      ) : null}
    </>
  );
}

function Facet({
  label,
  on,
  count,
  href,
  title,
}: {
  label: string;
  on: boolean;
  count: number | undefined;
  href: string;
  title?: string;
}) {
  const isNone = count === 0 && !on;
  return (
    <li>
      <ViewLink
        href={href}
        title={title}
        aria-current={on ? "true" : undefined}
        className="flex h-7 items-center gap-2 rounded-control px-2 hover:bg-sunken/60"
      >
        <span
          aria-hidden="true"
          className={classNames(
            "flex size-3.5 shrink-0 items-center justify-center rounded-[3px] border",
            on ? "border-accent bg-accent text-accent-ink" : "border-line-strong bg-surface",
          )}
        >
          {on ? <Check className="size-3" strokeWidth={3} /> : null}
        </span>
        <span className={classNames("min-w-0 flex-1 truncate", isNone && "text-faint")}>{label}</span>
        <span className="text-faint">{count === undefined ? "" : formatFacetCount(count)}</span>
      </ViewLink>
    </li>
  );
}
