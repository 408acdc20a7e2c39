"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import type { AuditChain, AuditEvent } from "#lib/audit/schema";
import { ActorName } from "@/components/audit/actor-name";
import { AuditDrawer } from "@/components/audit/audit-drawer";
import { AuditFilters } from "@/components/audit/audit-filters";
import { auditHref, parseAuditView, toAuditQuery, wholeAudit } from "@/components/audit/audit-view";
import { ChainLine } from "@/components/audit/chain-line";
import { toSearch } from "@/components/query/fetch-json";
import { listQuery } from "@/components/settings/list-query";
import { PagedList } from "@/components/settings/paged-list";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ExportMenu } from "@/components/ui/export-menu";
import { PageHeader } from "@/components/ui/page-header";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

const outcomeTones: Record<AuditEvent["outcome"], Tone> = {
  succeeded: "good",
  denied: "warn",
  failed: "danger",
  intent: "info",
};

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
            <Table label="Audit">
              <thead>
                <tr>
                  <HeadCell>When</HeadCell>
                  <HeadCell>Who</HeadCell>
                  <HeadCell>What</HeadCell>
                  <HeadCell className="hidden sm:table-cell">To what</HeadCell>
                  <HeadCell className="hidden lg:table-cell">From</HeadCell>
                  <HeadCell className="hidden sm:table-cell">Outcome</HeadCell>
                </tr>
              </thead>
              <tbody>
                {events.map((event) => (
                  <Row key={`${event.kind} ${event.id}`}>
                    <Cell>
                      <RelativeTime at={event.at} />
                    </Cell>
                    <Cell className="max-w-48 max-sm:max-w-20">
                      <span className="block truncate" title={event.actor}>
                        <ActorName event={event} />
                      </span>
                    </Cell>
                    <Cell>
                      <button
                        type="button"
                        onClick={() => setOpened(event)}
                        className="text-left font-mono [overflow-wrap:anywhere] hover:underline"
                      >
                        {event.action}
                      </button>
                      <span className="block max-w-28 truncate text-small text-muted sm:hidden">
                        <SafeText text={event.target} />
                      </span>
                      {event.outcome === "succeeded" ? null : (
                        <span className="sm:hidden">
                          <Pill tone={outcomeTones[event.outcome]}>{event.outcome}</Pill>
                        </span>
                      )}
                    </Cell>
                    <Cell className="hidden max-w-md sm:table-cell">
                      <span className="tag-mono flex min-w-0" title={event.target}>
                        {event.kind === "event" && event.repository !== null && registries.length > 1 ? (
                          <span className="text-muted">{event.registry}/</span>
                        ) : null}
                        <SafeText text={event.target} />
                      </span>
                    </Cell>
                    <Cell className="hidden text-muted lg:table-cell">
                      <code>{event.address ?? (event.kind === "change" ? "inside" : "unknown")}</code>
                    </Cell>
                    <Cell className="hidden sm:table-cell">
                      <Pill tone={outcomeTones[event.outcome]}>{event.outcome}</Pill>
                    </Cell>
                  </Row>
                ))}
              </tbody>
            </Table>
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
