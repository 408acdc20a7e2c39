"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { RegistryItem, RegistryTest } from "#lib/registries/schema";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { ConnectionTest } from "@/components/registries/connection-test";
import { latestLookAt } from "@/components/registries/describe-registry";
import { describeInterval, describeSyncKind, syncStateWords } from "@/components/registries/describe-sync";
import { type CapabilityRow, prepareCapabilities } from "@/components/registries/prepare-capabilities";
import { registriesKey, registryPath, syncQuery } from "@/components/registries/queries";
import type { RegistryRights } from "@/components/registries/registry-rights";
import { TestRemedies } from "@/components/registries/test-remedies";
import { Button } from "@/components/ui/button";
import { Bytes } from "@/components/ui/bytes";
import { Card, Facts } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-bytes";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

const looks: Record<CapabilityRow["state"], { tone: Tone; word: string }> = {
  yes: { tone: "good", word: "yes" },
  partly: { tone: "warn", word: "partly" },
  no: { tone: "danger", word: "no" },
  unknown: { tone: "plain", word: "unknown" },
};

/** What this registry can and cannot tell, how much it holds, and how fresh that is. */
export function RegistryOverview({ registry, rights }: { registry: RegistryItem; rights: RegistryRights }) {
  const mayTest = rights.write && registry.disconnectedAt === null;
  const test = useDeed<void, RegistryTest>({
    request: () => ({ path: `${registryPath(registry.slug)}/test`, method: "POST" }),
    invalidates: [[...registriesKey]],
  });
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 flex-col gap-5">
        <Card
          title="What it can tell and do"
          detail={
            registry.testedAt ? (
              <>
                tested <RelativeTime at={registry.testedAt} />
              </>
            ) : (
              "never tested"
            )
          }
          actions={
            mayTest ? (
              <Button size="small" busy={test.isPending} onClick={() => test.mutate()}>
                Test the connection
              </Button>
            ) : null
          }
        >
          {test.error ? (
            <p role="alert" className="border-b border-line px-3.5 py-2.5 text-danger">
              {describeError(test.error)}
            </p>
          ) : null}
          <CapabilityTable rows={prepareCapabilities(registry)} />
        </Card>
        {test.data || test.isPending ? (
          <Card title="The test, step by step">
            <ConnectionTest
              result={test.data}
              busy={test.isPending}
              error={null}
              remedies={
                test.data && test.data.unconfirmedRealm !== null ? (
                  <p className="border-b border-line bg-warn-soft/60 px-3.5 py-3">
                    The token service <code>{test.data.unconfirmedRealm}</code> is on another host.{" "}
                    <Link
                      href={`/registries/${encodeURIComponent(registry.slug)}?tab=settings`}
                      prefetch={false}
                      className="text-accent underline"
                    >
                      Confirm it in the settings
                    </Link>{" "}
                    if it is right.
                  </p>
                ) : test.data ? (
                  <TestRemedies
                    result={test.data}
                    mayAllow={rights.allowNetworks}
                    onAllowed={() => test.mutate()}
                    onConfirmRealm={() => undefined}
                  />
                ) : null
              }
            />
          </Card>
        ) : null}
      </div>
      <div className="flex flex-col gap-5">
        <HoldingsCard registry={registry} whole={rights.whole} />
        <FreshnessCard registry={registry} />
      </div>
    </div>
  );
}

function CapabilityTable({ rows }: { rows: CapabilityRow[] }) {
  return (
    <Table label="What the registry can tell and do">
      <thead>
        <tr>
          <HeadCell>Ability</HeadCell>
          <HeadCell>
            <span className="sr-only">Answer</span>
          </HeadCell>
          <HeadCell className="max-sm:hidden">What follows, and what to switch on</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.key}>
            <Cell className="py-2 align-top sm:w-56">
              <span className="font-medium">{row.what}</span>
              <div className="sm:hidden">
                <Meaning row={row} />
              </div>
            </Cell>
            <Cell className="w-20 py-2 align-top">
              <Pill tone={looks[row.state].tone}>{looks[row.state].word}</Pill>
            </Cell>
            <Cell className="py-2 align-top max-sm:hidden">
              <Meaning row={row} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function Meaning({ row }: { row: CapabilityRow }) {
  return (
    <div className="max-w-2xl text-small sm:text-body">
      <SafeText text={row.meaning} clip={false} className="text-muted" />
      {row.remedy ? <p className="[overflow-wrap:anywhere]">{row.remedy}</p> : null}
    </div>
  );
}

function HoldingsCard({ registry, whole }: { registry: RegistryItem; whole: boolean }) {
  return (
    <Card title="What it holds" detail={whole ? null : "of what you may see"}>
      <Facts
        facts={[
          { label: "Repositories", value: formatCount(registry.repositoryCount) },
          { label: "Tags", value: formatCount(registry.tagCount) },
          { label: "Stored once", value: <Bytes bytes={registry.sizeBytes} /> },
          { label: "Connected", value: <RelativeTime at={registry.createdAt} /> },
        ]}
      />
    </Card>
  );
}

function FreshnessCard({ registry }: { registry: RegistryItem }) {
  const { data: sync } = useQuery(syncQuery(registry.slug));
  return (
    <Card title="How fresh it is">
      <Facts
        facts={[
          { label: "Last event", value: <RelativeTime at={registry.lastEventAt} /> },
          { label: "Last full sync", value: <RelativeTime at={registry.lastSyncedAt} /> },
          { label: "Last look", value: <RelativeTime at={latestLookAt(registry)} /> },
          { label: "Looked at", value: describeInterval(registry.syncEveryMinutes) },
          ...(sync && sync.state !== "never"
            ? [
                {
                  label: "Last run",
                  value: (
                    <span className={sync.state === "failed" ? "text-danger" : undefined}>
                      {describeSyncKind(sync)}, {syncStateWords[sync.state].word}
                    </span>
                  ),
                },
              ]
            : []),
        ]}
      />
    </Card>
  );
}
