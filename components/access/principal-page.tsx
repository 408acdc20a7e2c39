"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import type { AccessPrincipal } from "#lib/principals/schema";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { DenialList } from "@/components/access/denial-list";
import { grantDraftHref } from "@/components/access/grant-draft";
import { GrantTable } from "@/components/access/grant-table";
import { OwnerDisabledNotice } from "@/components/access/owner-disabled-notice";
import { PrincipalAccess } from "@/components/access/principal-access";
import { PrincipalDeeds } from "@/components/access/principal-deeds";
import {
  describePrincipal,
  formatPrincipalReference,
  kindMeanings,
  kindWords,
  principalHref,
} from "@/components/access/principal-reference";
import { principalStateTones } from "@/components/access/principals-page";
import { accessPaths, grantsQuery, principalQuery } from "@/components/access/queries";
import { SecretsCard } from "@/components/access/secrets-card";
import { TrustRulesCard } from "@/components/access/trust-rules-card";
import { useRowKeys } from "@/components/access/use-row-keys";
import { ApiError, describeError } from "@/components/query/api-error";
import { PagedList } from "@/components/settings/paged-list";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CheckboxLine } from "@/components/ui/checkbox";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs } from "@/components/ui/tabs";

type Tab = "secrets" | "trust" | "grants" | "access" | "denied";

/** One principal: how it signs in, what it was granted, what it may do, and what it was refused. */
export function PrincipalPage({
  id,
  registries,
  rights,
  login,
}: {
  id: string;
  registries: RegistryChoice[];
  rights: AccessRights;
  /** Of who looks. */
  login: string;
}) {
  const asked = useSearchParams().get("tab");
  const query = useQuery(principalQuery(id));
  const principal = query.data;
  if (!principal)
    return query.isError ? (
      <ErrorState
        title="This principal cannot be shown"
        requestId={query.error instanceof ApiError ? query.error.requestId : null}
        onRetry={() => void query.refetch()}
      >
        {describeError(query.error)}
      </ErrorState>
    ) : (
      <div role="status" aria-label="Loading">
        <Skeleton className="h-6 w-48" />
        <Skeleton className="mt-2.5 mb-5 h-3.5 w-96 max-w-full" />
        <Skeleton className="h-64 w-full" />
      </div>
    );
  const tabs = listTabs(principal, rights);
  const current = tabs.find(({ key }) => key === asked)?.key ?? tabs[0]?.key ?? "grants";
  return (
    <>
      <PrincipalHeader principal={principal} registries={registries} rights={rights} />
      {principal.ownerDisabled && principal.state === "live" ? (
        <OwnerDisabledNotice principal={principal} login={login} />
      ) : null}
      <Tabs
        shallow
        label="Views of this principal"
        current={current}
        tabs={tabs.map((tab, index) => ({
          ...tab,
          href: index === 0 ? principalHref(id) : `${principalHref(id)}?tab=${tab.key}`,
        }))}
      />
      <div className="pt-4">
        {current === "secrets" ? (
          <SecretsCard
            path={`${accessPaths.principal(id)}/secrets`}
            username={principal.name}
            registries={registries}
            mayWrite={principal.allowed.secrets && principal.state !== "deleted"}
          />
        ) : null}
        {current === "trust" ? <TrustRulesCard principal={principal} registries={registries} /> : null}
        {current === "grants" ? (
          <GrantsOfPrincipal principal={principal} registries={registries} rights={rights} />
        ) : null}
        {current === "access" ? (
          <PrincipalAccess principalId={id} registries={registries} rights={rights} />
        ) : null}
        {current === "denied" ? <DenialList filters={{ principal: id }} compact /> : null}
      </div>
    </>
  );
}

function listTabs(principal: AccessPrincipal, rights: AccessRights) {
  const signsIn = principal.kind === "robot" || principal.kind === "workload";
  const tabs: { key: Tab; label: string; count?: number; shown: boolean }[] = [
    { key: "secrets", label: "Secrets", count: principal.secretCount, shown: signsIn },
    { key: "trust", label: "Trust rules", count: principal.trustRuleCount, shown: signsIn },
    { key: "grants", label: "Grants", count: principal.grantCount, shown: rights.read },
    { key: "access", label: "What it may do", shown: rights.read },
    { key: "denied", label: "Denied", shown: rights.read },
  ];
  return tabs.filter(({ shown }) => shown);
}

function PrincipalHeader({
  principal,
  registries,
  rights,
}: {
  principal: AccessPrincipal;
  registries: RegistryChoice[];
  rights: AccessRights;
}) {
  const [registry] = registries;
  return (
    <PageHeader
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          <span>
            <span className="font-normal text-faint">
              {principal.kind === "built-in" ? "" : `${kindWords[principal.kind]} `}
            </span>
            <SafeText text={describePrincipal(principal)} clip={false} />
          </span>
          {principal.state === "live" ? null : (
            <Pill tone={principalStateTones[principal.state]} className="font-normal">
              {principal.state}
            </Pill>
          )}
        </span>
      }
      actions={
        <>
          {rights.write && registry && principal.state !== "deleted" && principal.name !== "console" ? (
            <ButtonLink
              variant="primary"
              prefetch={false}
              href={grantDraftHref({
                principal: formatPrincipalReference(principal),
                registry: registry.slug,
                actions: [principal.kind === "robot" ? "push" : "pull"],
              })}
            >
              Grant it something
            </ButtonLink>
          ) : null}
          <PrincipalDeeds principal={principal} />
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <span>
          {principal.description ? (
            <SafeText text={principal.description} clip={false} />
          ) : (
            kindMeanings[principal.kind]
          )}
        </span>
        {principal.kind === "robot" || principal.kind === "workload" ? (
          <>
            <span aria-hidden="true">·</span>
            <span>{describeOwner(principal)}</span>
          </>
        ) : null}
        <span aria-hidden="true">·</span>
        <span>
          last token <RelativeTime at={principal.lastUsedAt} />
        </span>
      </div>
    </PageHeader>
  );
}

function describeOwner({ owner, ownerDisabled }: AccessPrincipal): string {
  if (owner === null) return "nobody answers for it";
  return ownerDisabled ? `${owner} answered for it` : `${owner} answers for it`;
}

function GrantsOfPrincipal({
  principal,
  registries,
  rights,
}: {
  principal: AccessPrincipal;
  registries: RegistryChoice[];
  rights: AccessRights;
}) {
  const [all, setAll] = useState(false);
  const query = useInfiniteQuery(grantsQuery({ principal: principal.id, state: all ? "all" : "live" }));
  useRowKeys(query.data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? 0);
  return (
    <Card
      title="Grants"
      detail="to it directly"
      actions={
        <CheckboxLine checked={all} onChange={(event) => setAll(event.target.checked)}>
          ended ones too
        </CheckboxLine>
      }
    >
      <PagedList
        query={query}
        title="The grants did not come"
        empty={
          <EmptyState
            title={`${describePrincipal(principal)} has no grant`}
            action={
              rights.write ? (
                <ButtonLink
                  prefetch={false}
                  href={grantDraftHref({
                    principal: formatPrincipalReference(principal),
                    registry: registries[0]?.slug,
                  })}
                >
                  Write one
                </ButtonLink>
              ) : null
            }
          >
            It can sign in, and is refused everything that not everyone may do.
          </EmptyState>
        }
      >
        {(grants) => <GrantTable grants={grants} withoutWho />}
      </PagedList>
    </Card>
  );
}
