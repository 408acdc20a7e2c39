"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import type { RepositoryDetail, TagItem } from "#lib/inventory/schema";
import { toSearch } from "@/components/query/fetch-json";
import { reloadList } from "@/components/query/reload-list";
import { useArrivals } from "@/components/query/use-arrivals";
import { repositoryDetailQuery, repositoryStorageQuery } from "@/components/repositories/queries";
import { HistoryList } from "@/components/tags/history-list";
import { fetchNewestTags, tagKeys } from "@/components/tags/queries";
import { RepositoryFacts } from "@/components/tags/repository-facts";
import { SelectionBar } from "@/components/tags/selection-bar";
import { TagTable } from "@/components/tags/tag-table";
import { parseTagView, type RepositoryTab, tagViewHref } from "@/components/tags/tag-view";
import { useTagSelection } from "@/components/tags/use-tag-selection";
import { ArrivalsButton } from "@/components/ui/arrivals-button";
import { Button, ButtonLink } from "@/components/ui/button";
import { ChipLink } from "@/components/ui/chip";
import { CopyButton } from "@/components/ui/copy-button";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterField } from "@/components/ui/filter-field";
import { formatPlural } from "@/components/ui/format-bytes";
import { PageHeader } from "@/components/ui/page-header";
import { Pill } from "@/components/ui/pill";
import { StaleBanner } from "@/components/ui/stale-banner";
import { Tabs } from "@/components/ui/tabs";

const viewWords: Record<RepositoryTab, string> = { tags: "Tags", history: "History", "who-can": "Who can" };

const DeleteTagsDialog = lazy(async () => ({
  default: (await import("@/components/deletion/delete-tags-dialog")).DeleteTagsDialog,
}));

const RepositoryAccess = lazy(async () => ({
  default: (await import("@/components/access/repository-access")).RepositoryAccess,
}));

/** One repository: what it is in a line, its tags, and how they moved. */
export function RepositoryPage({ detail: fromServer }: { detail: RepositoryDetail }) {
  const { registry, name } = fromServer;
  const detail = useQuery({ ...repositoryDetailQuery(registry, name), initialData: fromServer }).data;
  const storage = useQuery(repositoryStorageQuery(registry, name)).data;
  const search = useSearchParams();
  const view = useMemo(
    () => parseTagView(registry, name, new URLSearchParams(search)),
    [registry, name, search],
  );
  const selection = useTagSelection();
  const [deleting, setDeleting] = useState<string[] | null>(null);
  const [rows, setRows] = useState<TagItem[]>([]);
  const chosen = useMemo(
    () => rows.filter((row) => selection.selected.has(row.name)),
    [rows, selection.selected],
  );
  const onFilter = useCallback(
    (q: string) => window.history.replaceState(null, "", tagViewHref(view, { q })),
    [view],
  );
  const client = useQueryClient();
  const [loadedAt, setLoadedAt] = useState(0);
  const onRows = useCallback((known: TagItem[], at: number) => {
    setRows(known);
    setLoadedAt(at);
  }, []);
  const arrivals = useArrivals({
    queryKey: tagKeys.list(view),
    fetchTimes: (signal) => fetchNewestTags(view, signal),
    loadedAt,
    newestShown: view.sort === "-pushedAt" ? (rows[0]?.pushedAt ?? null) : null,
  });
  const { host, state, stateDetail, lastSyncedAt } = detail.registryState;
  const pullName = `${host}/${name}`;
  return (
    <>
      <PageHeader
        mono
        actions={
          <ButtonLink
            size="small"
            href={`/failures${toSearch({ registry, repository: name, state: "all", window: "30d" })}`}
          >
            Failed pulls
          </ButtonLink>
        }
        title={
          <span className="inline-flex flex-wrap items-center gap-1.5">
            <span>
              <span className="font-normal text-faint">{registry}/</span>
              {name}
            </span>
            <CopyButton text={pullName} label="Copy the name for a pull" />
            {detail.protected ? <Pill className="font-sans font-normal">protected</Pill> : null}
            {detail.missingSince ? (
              <Pill tone="warn" className="font-sans font-normal">
                gone from the registry
              </Pill>
            ) : null}
          </span>
        }
      >
        <RepositoryFacts detail={detail} storage={storage} />
      </PageHeader>
      {state === "failing" ? (
        <div className="pb-3">
          <StaleBanner since={lastSyncedAt}>
            {stateDetail ?? "The registry does not answer."} What is shown is kept and will be set right by
            the next sync.
          </StaleBanner>
        </div>
      ) : null}
      <Tabs
        label="Views of this repository"
        current={view.tab}
        tabs={[
          { key: "tags", label: "Tags", href: tagViewHref(view, { tab: "tags" }), count: detail.tagCount },
          { key: "history", label: "History", href: tagViewHref(view, { tab: "history", q: "" }) },
          ...(detail.allowed.readAccess
            ? [{ key: "who-can", label: "Who can", href: tagViewHref(view, { tab: "who-can", q: "" }) }]
            : []),
        ]}
        shallow
      />
      <section
        aria-label={viewWords[view.tab]}
        className="mt-4 min-w-0 overflow-clip rounded-card border border-line bg-surface"
      >
        {view.tab === "history" ? (
          <HistoryList registry={registry} repository={name} />
        ) : view.tab === "who-can" ? (
          <Suspense>
            <RepositoryAccess registry={registry} repository={name} mayWrite={detail.allowed.writeAccess} />
          </Suspense>
        ) : (
          <>
            <FilterBar>
              <FilterField
                label="tag contains …"
                value={view.q}
                onFilter={onFilter}
                className="w-full sm:w-56"
              />
              <ChipLink
                shallow
                on={view.sort.endsWith("semver")}
                href={tagViewHref(view, { sort: view.sort === "-semver" ? "-pushedAt" : "-semver" })}
              >
                by version
              </ChipLink>
              <ChipLink
                shallow
                on={view.bookkeeping}
                href={tagViewHref(view, { bookkeeping: !view.bookkeeping })}
              >
                signature tags
              </ChipLink>
              <ArrivalsButton count={arrivals} onShow={() => void reloadList(client, tagKeys.list(view))} />
              <p className="ml-auto text-small text-faint max-sm:hidden">
                {view.q ? "" : formatPlural(detail.tagCount, "tag")}
              </p>
            </FilterBar>
            <TagTable
              view={view}
              total={view.q ? undefined : detail.tagCount}
              pullName={pullName}
              pullsSince={detail.registryState.pullsSince}
              selection={selection}
              onRows={onRows}
            />
          </>
        )}
      </section>
      <SelectionBar
        registry={registry}
        repository={name}
        tags={chosen.map((tag) => tag.name)}
        sizeBytes={chosen.reduce((sum, tag) => sum + tag.sizeBytes, 0)}
        onClear={selection.clear}
      >
        {detail.allowed.deleteTags ? (
          <Button size="small" variant="danger" onClick={() => setDeleting(chosen.map((tag) => tag.name))}>
            Delete …
          </Button>
        ) : null}
      </SelectionBar>
      {deleting ? (
        <Suspense>
          <DeleteTagsDialog
            registry={registry}
            repository={name}
            tags={deleting}
            onDone={(deleted) => {
              setDeleting(null);
              if (deleted.length > 0) selection.clear();
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}
