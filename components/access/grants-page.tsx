"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { newGrantPath } from "#lib/grants/format-new-grant-href";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { GrantTable } from "@/components/access/grant-table";
import { type GrantsView, grantsHref, parseGrantsView, toGrantsQuery } from "@/components/access/grants-view";
import { grantsQuery } from "@/components/access/queries";
import { useRowKeys } from "@/components/access/use-row-keys";
import { PagedList } from "@/components/settings/paged-list";
import { ButtonLink } from "@/components/ui/button";
import { ChipLink } from "@/components/ui/chip";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterField } from "@/components/ui/filter-field";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Select } from "@/components/ui/select";
import { ViewLink } from "@/components/ui/view-link";

const stateWords: Record<GrantsView["state"], string> = {
  live: "in force",
  expired: "expired",
  revoked: "revoked",
  all: "every state",
};

/** Every grant as a sentence, with how it is used. */
export function GrantsPage({ registries, rights }: { registries: RegistryChoice[]; rights: AccessRights }) {
  const search = useSearchParams();
  const view = useMemo(() => parseGrantsView(new URLSearchParams(search)), [search]);
  const query = useInfiniteQuery(grantsQuery(toGrantsQuery(view)));
  useRowKeys(query.data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? 0);
  const onFilter = useCallback(
    (q: string) => window.history.replaceState(null, "", grantsHref(view, { q })),
    [view],
  );
  const go = (change: Partial<GrantsView>) => window.history.pushState(null, "", grantsHref(view, change));
  return (
    <AccessFrame current="grants" rights={rights}>
      <section
        aria-label="Grants"
        className="min-w-0 overflow-clip rounded-card border border-line bg-surface"
      >
        <FilterBar>
          <FilterField
            label="who, where or why contains …"
            value={view.q}
            onFilter={onFilter}
            className="w-full sm:w-60"
          />
          <RegistrySelect
            registries={registries}
            every
            value={view.registry}
            onSlug={(registry) => go({ registry })}
          />
          <Select
            aria-label="State"
            value={view.state}
            onChange={(event) => go({ state: event.target.value as GrantsView["state"] })}
          >
            {Object.entries(stateWords).map(([state, word]) => (
              <option key={state} value={state}>
                {word}
              </option>
            ))}
          </Select>
          {view.repository ? (
            <ChipLink shallow on href={grantsHref(view, { repository: "" })}>
              covers {view.repository} <span aria-hidden="true">×</span>
              <span className="sr-only">, remove this filter</span>
            </ChipLink>
          ) : null}
        </FilterBar>
        <PagedList
          query={query}
          title="The grants did not come"
          empty={<NoGrants view={view} rights={rights} />}
        >
          {(grants) => <GrantTable grants={grants} stale={query.isPlaceholderData} />}
        </PagedList>
      </section>
    </AccessFrame>
  );
}

function NoGrants({ view, rights }: { view: GrantsView; rights: AccessRights }) {
  const narrowed = view.q !== "" || view.registry !== "" || view.repository !== "" || view.state !== "live";
  if (narrowed)
    return (
      <EmptyState
        title="No grant fits"
        action={
          <ViewLink href="/access/grants" className="font-semibold text-accent hover:underline">
            Show all grants in force
          </ViewLink>
        }
      >
        Take a filter away, or look at the expired and revoked ones too.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No grant yet"
      action={
        rights.write ? (
          <ButtonLink href={newGrantPath} variant="primary">
            Write the first grant
          </ButtonLink>
        ) : null
      }
    >
      A grant is a sentence: who may pull, push or delete, in which repositories, until when and why. What no
      grant allows, a registry that enforces them refuses.
    </EmptyState>
  );
}
