"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { denialReasons } from "#lib/tokens/schema";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { DenialList } from "@/components/access/denial-list";
import {
  type DeniedView,
  deniedHref,
  parseDeniedView,
  reasonWords,
  toDeniedQuery,
} from "@/components/access/denied-view";
import { ChipLink } from "@/components/ui/chip";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterField } from "@/components/ui/filter-field";
import { StateDot } from "@/components/ui/pill";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Select } from "@/components/ui/select";

/** What the token endpoint refused, as it happens, and what would mend it. */
export function DeniedPage({ registries, rights }: { registries: RegistryChoice[]; rights: AccessRights }) {
  const search = useSearchParams();
  const view = useMemo(() => parseDeniedView(new URLSearchParams(search)), [search]);
  const go = (change: Partial<DeniedView>) => window.history.pushState(null, "", deniedHref(view, change));
  const onFilter = useCallback(
    (q: string) => window.history.replaceState(null, "", deniedHref(view, { q })),
    [view],
  );
  return (
    <AccessFrame current="denied" rights={rights}>
      <section
        aria-label="Denied"
        className="min-w-0 overflow-clip rounded-card border border-line bg-surface"
      >
        <FilterBar>
          <FilterField
            label="who, where or client contains …"
            value={view.q}
            onFilter={onFilter}
            className="w-full sm:w-72"
          />
          <RegistrySelect
            registries={registries}
            every
            value={view.registry}
            onSlug={(registry) => go({ registry })}
          />
          <Select
            aria-label="Reason"
            value={view.reason}
            onChange={(event) => go({ reason: event.target.value as DeniedView["reason"] })}
          >
            <option value="">every reason</option>
            {denialReasons.map((reason) => (
              <option key={reason} value={reason}>
                {reasonWords[reason]}
              </option>
            ))}
          </Select>
          {view.repository ? (
            <ChipLink shallow on href={deniedHref(view, { repository: "" })}>
              in {view.repository} <span aria-hidden="true">×</span>
              <span className="sr-only">, remove this filter</span>
            </ChipLink>
          ) : null}
          <p className="ml-auto inline-flex items-center gap-1.5 text-small text-faint">
            <StateDot tone="good" /> live
          </p>
        </FilterBar>
        <DenialList
          filters={toDeniedQuery(view)}
          narrowed={Object.values(view).some((value) => value !== "")}
        />
      </section>
    </AccessFrame>
  );
}
