"use client";

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import type { RegistryState, RepositorySummary } from "#lib/inventory/schema";
import { toSearch } from "@/components/query/fetch-json";
import { reloadList } from "@/components/query/reload-list";
import { useArrivals } from "@/components/query/use-arrivals";
import { FacetChips } from "@/components/repositories/facet-chips";
import {
  fetchNewestPushes,
  repositoriesQuery,
  repositoryKeys,
  repositorySummaryQuery,
} from "@/components/repositories/queries";
import { RepositoryFacets } from "@/components/repositories/repository-facets";
import { RepositoryTable } from "@/components/repositories/repository-table";
import { RepositoryTree } from "@/components/repositories/repository-tree";
import {
  parseRepositoryView,
  type RepositoryView,
  repositoryViewHref,
  toRepositoryQuery,
} from "@/components/repositories/repository-view";
import { ArrivalsButton } from "@/components/ui/arrivals-button";
import { ButtonLink } from "@/components/ui/button";
import { ChipLink } from "@/components/ui/chip";
import { ExportMenu } from "@/components/ui/export-menu";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterField } from "@/components/ui/filter-field";
import { formatBytes, formatCount, formatPlural } from "@/components/ui/format-bytes";
import { PageHeader } from "@/components/ui/page-header";

export interface TeamChoice {
  slug: string;
  name: string;
}

/** The list of repositories with its tree, its filters and its line of truth. All of its state is in the address. */
export function RepositoryList({
  registries,
  teams,
  mayConnect,
}: {
  registries: RegistryState[];
  teams: TeamChoice[];
  mayConnect: boolean;
}) {
  const search = useSearchParams();
  const view = useMemo(() => parseRepositoryView(new URLSearchParams(search)), [search]);
  const summary = useQuery(repositorySummaryQuery(view)).data;
  const onFilter = useCallback(
    (q: string) => window.history.replaceState(null, "", repositoryViewHref(view, { q })),
    [view],
  );
  return (
    <>
      <PageHeader
        title="Repositories"
        actions={
          <>
            <ExportMenu
              hrefOf={(format) =>
                `/api/v1/repositories/export${toSearch({ ...toRepositoryQuery(view), format })}`
              }
            />
            {mayConnect ? (
              <ButtonLink href="/registries/new" prefetch={false} variant="primary">
                Connect a registry
              </ButtonLink>
            ) : null}
          </>
        }
      >
        <p className="min-h-[19px]">{summary ? describeSummary(summary) : null}</p>
      </PageHeader>
      <div className="grid gap-x-5 lg:grid-cols-[12.5rem_minmax(0,1fr)]">
        <aside aria-label="Paths and filters" className="max-lg:hidden">
          <div className="sticky top-16 max-h-[calc(100dvh-5rem)] overflow-y-auto pb-4">
            <h2 className="px-2 pb-1.5 text-small text-faint">Path</h2>
            <RepositoryTree view={view} registries={registries} total={summary?.repositoryCount} />
            <div className="pt-4">
              <RepositoryFacets view={view} />
            </div>
            {teams.length > 0 ? <TeamFacet view={view} teams={teams} /> : null}
          </div>
        </aside>
        <section
          aria-label="List"
          className="min-w-0 self-start overflow-clip rounded-card border border-line bg-surface"
        >
          <FilterBar>
            <FilterField
              label="name contains …"
              value={view.q}
              onFilter={onFilter}
              className="w-full sm:w-56"
            />
            <ChipLink
              shallow
              on={view.state === "missing"}
              href={repositoryViewHref(view, { state: view.state === "missing" ? "present" : "missing" })}
            >
              gone from the registry
            </ChipLink>
            <FacetChips view={view} />
            <details className="w-full text-small lg:hidden">
              <summary className="w-fit cursor-pointer text-muted">More filters</summary>
              <div className="pt-2">
                <RepositoryFacets view={view} />
              </div>
            </details>
            <NewPushes view={view} />
            <p role="status" className="ml-auto text-small text-faint">
              {summary ? formatPlural(summary.repositoryCount, "repository", "repositories") : ""}
            </p>
          </FilterBar>
          <RepositoryTable view={view} total={summary?.repositoryCount} registries={registries} />
        </section>
      </div>
    </>
  );
}

function NewPushes({ view }: { view: RepositoryView }) {
  const client = useQueryClient();
  const list = useInfiniteQuery({ ...repositoriesQuery(view), enabled: false });
  const count = useArrivals({
    queryKey: repositoryKeys.list(view),
    fetchTimes: (signal) => fetchNewestPushes(view, signal),
    loadedAt: list.dataUpdatedAt,
    newestShown: view.sort === "-lastPushedAt" ? (list.data?.pages[0]?.items[0]?.lastPushedAt ?? null) : null,
  });
  return <ArrivalsButton count={count} onShow={() => void reloadList(client, repositoryKeys.list(view))} />;
}

function TeamFacet({ view, teams }: { view: RepositoryView; teams: TeamChoice[] }) {
  return (
    <div className="pt-4">
      <h2 className="px-2 pb-1.5 text-small text-faint">Team</h2>
      <ul className="flex flex-wrap gap-1.5 px-2">
        {teams.map((team) => (
          <li key={team.slug}>
            <ChipLink
              shallow
              on={view.team === team.slug}
              href={repositoryViewHref(view, { team: view.team === team.slug ? "" : team.slug })}
            >
              {team.name}
            </ChipLink>
          </li>
        ))}
      </ul>
    </div>
  );
}

function describeSummary(summary: RepositorySummary): string {
  return [
    formatPlural(summary.repositoryCount, "repository", "repositories"),
    `${formatCount(summary.tagCount)} tags`,
    summary.storedBytes === null ? null : `${formatBytes(summary.storedBytes)} stored once`,
    `${formatBytes(summary.pushedBytes)} as pushed`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}
