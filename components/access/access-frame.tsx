"use client";

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { newGrantPath } from "#lib/grants/format-new-grant-href";
import type { AccessSummary } from "#lib/grants/schema";
import type { AccessRights } from "@/components/access/access-rights";
import { accessSummaryQuery, suggestionsQuery } from "@/components/access/queries";
import { ButtonLink } from "@/components/ui/button";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";
import { PageHeader } from "@/components/ui/page-header";
import { Tabs } from "@/components/ui/tabs";

export type AccessTab =
  | "matrix"
  | "grants"
  | "principals"
  | "who-can"
  | "suggestions"
  | "denied"
  | "requests"
  | "protected"
  | "as-code"
  | "mine";

const tabs: { key: AccessTab; label: string; href: string }[] = [
  { key: "matrix", label: "Matrix", href: "/access" },
  { key: "grants", label: "Grants", href: "/access/grants" },
  { key: "principals", label: "Principals", href: "/access/principals" },
  { key: "who-can", label: "Who can …?", href: "/access/who-can" },
  { key: "suggestions", label: "Suggestions", href: "/access/suggestions" },
  { key: "denied", label: "Denied", href: "/access/denied" },
  { key: "requests", label: "Requests", href: "/access/requests" },
  { key: "protected", label: "Protected", href: "/access/protected" },
  { key: "as-code", label: "As code", href: "/access/as-code" },
  { key: "mine", label: "My access", href: "/access/mine" },
];

/** The head of every access page: the answer in a line, and the ways to look at it. */
export function AccessFrame({
  current,
  rights,
  editing = false,
  children,
}: {
  current: AccessTab;
  rights: AccessRights;
  /** A grant is being written: no button begins another. */
  editing?: boolean;
  children: ReactNode;
}) {
  useEffect(() => {
    // On a phone the row of tabs is longer than the screen: the one that is open is in view.
    const tab = document.querySelector(`nav[aria-label="Access"] [aria-current="page"]`);
    if (current) tab?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  const { data: summary } = useQuery({ ...accessSummaryQuery(), enabled: rights.read });
  const { data: suggestions } = useQuery({
    ...suggestionsQuery(""),
    enabled: rights.read,
    // They stand on whole days of use: asking once in a while is enough for a number beside a tab.
    staleTime: 5 * 60_000,
  });
  const suggestionCount = suggestions?.items.length ?? 0;
  const counts: Partial<Record<AccessTab, number>> = {
    suggestions: suggestionCount || undefined,
    requests: summary?.openRequestCount || undefined,
  };
  return (
    <>
      <PageHeader
        title="Access"
        actions={
          rights.write && !editing ? (
            <ButtonLink href={newGrantPath} variant="primary" prefetch={false}>
              New grant
            </ButtonLink>
          ) : null
        }
      >
        <p className="min-h-[19px]">
          {rights.read
            ? summary && describeSummary(summary, suggestionCount)
            : "What you may do at the registries"}
        </p>
      </PageHeader>
      <Tabs
        label="Access"
        current={current}
        tabs={tabs
          .filter((tab) => rights.read || tab.key === "mine")
          .map((tab) => ({ ...tab, count: counts[tab.key] }))}
      />
      <div className="pt-4">{children}</div>
    </>
  );
}

function describeSummary(summary: AccessSummary, suggestionCount: number): string {
  const { registryCount, enforcedCount, openRequestCount } = summary;
  const toLookAt = suggestionCount + openRequestCount;
  return [
    `${formatPlural(summary.grantCount, "grant")} for ${formatPlural(summary.principalCount, "principal")}`,
    enforcedCount === 0
      ? "no registry enforces them yet"
      : `enforced by the registry on ${formatCount(enforcedCount)} of ${formatCount(registryCount)}`,
    toLookAt === 0 ? null : `${formatPlural(toLookAt, "thing")} to look at`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}
