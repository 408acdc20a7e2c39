"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import type { AuditChain, AuditEvent } from "#lib/audit/schema";
import { AuditDrawer } from "@/components/audit/audit-drawer";
import { AuditFilters } from "@/components/audit/audit-filters";
import { AuditTable } from "@/components/audit/audit-table";
import { auditHref, parseAuditView, toAuditQuery, wholeAudit } from "@/components/audit/audit-view";
import { ChainLine } from "@/components/audit/chain-line";
import { toSearch } from "@/components/query/fetch-json";
import { listQuery } from "@/components/settings/list-query";
import { PagedList } from "@/components/settings/paged-list";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ExportMenu } from "@/components/ui/export-menu";
import { PageHeader } from "@/components/ui/page-header";

/** Who did what in the console and at registries, newest first. */
export function AuditPage({
  registries,
  chain,
}: {
  registries: readonly { slug: string; name: string }[];
  chain: AuditChain;
}) {
  const view = parseAuditView(new URLSearchParams(useSearchParams()));
  const router = useRouter();
  const [opened, setOpened] = useState<AuditEvent | null>(null);
  const query = useInfiniteQuery(
    listQuery<AuditEvent>(["audit"], "/api/v1/audit-events", toAuditQuery(view)),
  );
  return (
    <>
      <PageHeader
        title="Audit"
        actions={
          <ExportMenu
            hrefOf={(format) => `/api/v1/audit-events/export${toSearch({ ...toAuditQuery(view), format })}`}
          />
        }
      >
        <p>
          Every change made in the console, written together with the change, and what registries told of
          pushes, pulls and deletions.
        </p>
        <ChainLine fromServer={chain} />
      </PageHeader>
      <Card>
        <AuditFilters
          view={view}
          registries={registries}
          onChange={(change) => router.replace(auditHref(view, change), { scroll: false })}
        />
        <PagedList
          query={query}
          title="The audit did not come"
          empty={
            <EmptyState title="Nothing matches">
              Take a filter away, or widen the time. Changes appear here as soon as they are made, registry
              events as soon as a registry tells of them.
            </EmptyState>
          }
        >
          {(events) => (
            <AuditTable events={events} namesRegistry={registries.length > 1} onOpen={setOpened} />
          )}
        </PagedList>
      </Card>
      {opened ? (
        <AuditDrawer
          event={opened}
          onClose={() => setOpened(null)}
          onNarrow={(change) => {
            setOpened(null);
            router.push(auditHref(wholeAudit, change), { scroll: false });
          }}
        />
      ) : null}
    </>
  );
}
