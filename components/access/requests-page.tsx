"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights } from "@/components/access/access-rights";
import { requestsQuery } from "@/components/access/queries";
import { RequestList } from "@/components/access/request-list";
import { PagedList } from "@/components/settings/paged-list";
import { ChipLink } from "@/components/ui/chip";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";

/** Who asks for access; approving writes the grant. */
export function RequestsPage({ rights }: { rights: AccessRights }) {
  const state = useSearchParams().get("state") === "all" ? "all" : "open";
  const query = useInfiniteQuery(requestsQuery({ state }));
  return (
    <AccessFrame current="requests" rights={rights}>
      <section
        aria-label="Requests"
        className="min-w-0 overflow-clip rounded-card border border-line bg-surface"
      >
        <FilterBar>
          <ChipLink shallow on={state === "open"} href="/access/requests">
            open
          </ChipLink>
          <ChipLink shallow on={state === "all"} href="/access/requests?state=all">
            decided too
          </ChipLink>
        </FilterBar>
        <PagedList
          query={query}
          title="The requests did not come"
          empty={
            <EmptyState title={state === "open" ? "Nobody is waiting" : "Nobody has asked yet"}>
              Anybody who signs in can ask for access under My access. What they ask for waits here; approving
              it writes the grant.
            </EmptyState>
          }
        >
          {(requests) => <RequestList requests={requests} mayDecide={rights.write} />}
        </PagedList>
      </section>
    </AccessFrame>
  );
}
