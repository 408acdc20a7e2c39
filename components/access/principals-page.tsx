"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type AccessPrincipal, principalKinds } from "#lib/principals/schema";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights } from "@/components/access/access-rights";
import { NewPrincipalDialog } from "@/components/access/new-principal-dialog";
import { PrincipalName } from "@/components/access/principal-name";
import { kindWords } from "@/components/access/principal-reference";
import {
  type PrincipalsView,
  parsePrincipalsView,
  principalsHref,
  toPrincipalsQuery,
} from "@/components/access/principals-view";
import { principalsQuery } from "@/components/access/queries";
import { useRowKeys } from "@/components/access/use-row-keys";
import { PagedList } from "@/components/settings/paged-list";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterField } from "@/components/ui/filter-field";
import { formatCount } from "@/components/ui/format-bytes";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Select } from "@/components/ui/select";
import { SortHeader } from "@/components/ui/sort-header";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";
import { ViewLink } from "@/components/ui/view-link";

export const principalStateTones: Record<AccessPrincipal["state"], Tone> = {
  live: "good",
  disabled: "warn",
  deleted: "plain",
};

/** Who can be given access: robots, workloads, people and groups. */
export function PrincipalsPage({ rights }: { rights: AccessRights }) {
  const search = useSearchParams();
  const view = useMemo(() => parsePrincipalsView(new URLSearchParams(search)), [search]);
  const query = useInfiniteQuery(principalsQuery(toPrincipalsQuery(view)));
  useRowKeys(query.data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? 0);
  const go = (change: Partial<PrincipalsView>) =>
    window.history.pushState(null, "", principalsHref(view, change));
  const onFilter = useCallback(
    (q: string) => window.history.replaceState(null, "", principalsHref(view, { q })),
    [view],
  );
  return (
    <AccessFrame current="principals" rights={rights}>
      <section
        aria-label="Principals"
        className="min-w-0 overflow-clip rounded-card border border-line bg-surface"
      >
        <FilterBar>
          <FilterField
            label="name contains …"
            value={view.q}
            onFilter={onFilter}
            className="w-full sm:w-56"
          />
          <Select
            aria-label="Kind"
            value={view.kind}
            onChange={(event) => go({ kind: event.target.value as PrincipalsView["kind"] })}
          >
            <option value="">every kind</option>
            {principalKinds.map((kind) => (
              <option key={kind} value={kind}>
                {kindWords[kind]}
              </option>
            ))}
          </Select>
          <Select
            aria-label="State"
            value={view.state}
            onChange={(event) => go({ state: event.target.value as PrincipalsView["state"] })}
          >
            <option value="">in use</option>
            <option value="live">live</option>
            <option value="disabled">disabled</option>
            <option value="deleted">deleted</option>
          </Select>
          <Select
            aria-label="Who answers for it"
            value={view.owner}
            onChange={(event) => go({ owner: event.target.value as PrincipalsView["owner"] })}
          >
            <option value="">whoever answers</option>
            <option value="enabled">somebody answers</option>
            <option value="disabled">owner disabled</option>
            <option value="none">no owner</option>
          </Select>
          {rights.write ? (
            <Button className="ml-auto" onClick={() => go({ creating: true })}>
              New principal
            </Button>
          ) : null}
        </FilterBar>
        <PagedList
          query={query}
          title="The principals did not come"
          empty={<NoPrincipals view={view} onCreate={rights.write ? () => go({ creating: true }) : null} />}
        >
          {(principals) => (
            <Table label="Principals">
              <thead>
                <tr className="border-b border-line">
                  <SortHeader
                    shallow
                    field="name"
                    sort={view.sort}
                    hrefFor={(sort) => principalsHref(view, { sort })}
                    className="px-3"
                  >
                    Principal
                  </SortHeader>
                  <HeadCell className="hidden md:table-cell">Answers for it</HeadCell>
                  <HeadCell className="text-right">Grants</HeadCell>
                  <HeadCell className="hidden text-right sm:table-cell">Secrets</HeadCell>
                  <HeadCell className="hidden text-right lg:table-cell">Trust rules</HeadCell>
                  <HeadCell className="hidden text-right sm:table-cell">Last used</HeadCell>
                </tr>
              </thead>
              <tbody>
                {principals.map((principal, index) => (
                  <PrincipalRow key={principal.id} principal={principal} index={index} />
                ))}
              </tbody>
            </Table>
          )}
        </PagedList>
      </section>
      <NewPrincipalDialog open={view.creating && rights.write} onClose={() => go({ creating: false })} />
    </AccessFrame>
  );
}

function PrincipalRow({ principal, index }: { principal: AccessPrincipal; index: number }) {
  return (
    <Row data-row={index} className="focus-within:bg-accent-soft">
      <Cell className="max-w-56 sm:max-w-md">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <PrincipalName principal={principal} link rowLink />
          {principal.state === "live" ? null : (
            <Pill tone={principalStateTones[principal.state]}>{principal.state}</Pill>
          )}
          {principal.ownerDisabled && principal.state === "live" ? (
            <Pill tone="warn">owner disabled</Pill>
          ) : null}
        </span>
        {principal.description ? (
          <SafeText text={principal.description} className="text-small text-faint" />
        ) : null}
      </Cell>
      <Cell className="hidden text-muted md:table-cell">
        {principal.owner ??
          (principal.kind === "robot" || principal.kind === "workload" ? (
            <span className="text-warn">nobody</span>
          ) : (
            ""
          ))}
      </Cell>
      <NumberCell>
        <Count count={principal.grantCount} />
      </NumberCell>
      <NumberCell className="hidden sm:table-cell">
        <Count count={principal.secretCount} />
      </NumberCell>
      <NumberCell className="hidden lg:table-cell">
        <Count count={principal.trustRuleCount} />
      </NumberCell>
      <Cell className="hidden text-right text-muted sm:table-cell">
        <RelativeTime at={principal.lastUsedAt} />
      </Cell>
    </Row>
  );
}

function Count({ count }: { count: number }) {
  return count === 0 ? <span className="text-faint">none</span> : formatCount(count);
}

function NoPrincipals({ view, onCreate }: { view: PrincipalsView; onCreate: (() => void) | null }) {
  if (view.q !== "" || view.kind !== "" || view.state !== "" || view.owner !== "")
    return (
      <EmptyState
        title="No principal fits"
        action={
          <ViewLink href="/access/principals" className="font-semibold text-accent hover:underline">
            Show all principals
          </ViewLink>
        }
      >
        Take a filter away. People appear here with their first grant or their first registry secret.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No principal yet"
      action={onCreate ? <Button onClick={onCreate}>Make the first robot</Button> : null}
    >
      A robot publishes from a pipeline, a workload pulls where it runs. People and groups come from sign-in
      and appear with their first grant.
    </EmptyState>
  );
}
