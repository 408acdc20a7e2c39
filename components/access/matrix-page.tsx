"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { newGrantPath } from "#lib/grants/format-new-grant-href";
import { principalKinds } from "#lib/principals/schema";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { MatrixPanel } from "@/components/access/matrix-panel";
import { MatrixTable } from "@/components/access/matrix-table";
import { type MatrixView, matrixHref, parseMatrixView, toMatrixQuery } from "@/components/access/matrix-view";
import { NoRegistry } from "@/components/access/no-registry";
import { kindWords } from "@/components/access/principal-reference";
import { matrixQuery } from "@/components/access/queries";
import { useRowKeys } from "@/components/access/use-row-keys";
import { ApiError, describeError } from "@/components/query/api-error";
import { Button, ButtonLink } from "@/components/ui/button";
import { Drawer } from "@/components/ui/drawer";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterField } from "@/components/ui/filter-field";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import { StaleBanner } from "@/components/ui/stale-banner";
import { useWide } from "@/components/ui/use-wide";
import { ViewLink } from "@/components/ui/view-link";

/** Who × where: effective access, folder by folder, and behind each cell the grants that make it. */
export function MatrixPage({ registries, rights }: { registries: RegistryChoice[]; rights: AccessRights }) {
  return (
    <AccessFrame current="matrix" rights={rights}>
      {registries.length === 0 ? <NoRegistry /> : <Matrix registries={registries} rights={rights} />}
    </AccessFrame>
  );
}

function Matrix({ registries, rights }: { registries: RegistryChoice[]; rights: AccessRights }) {
  const search = useSearchParams();
  const view = useMemo(
    () =>
      parseMatrixView(
        new URLSearchParams(search),
        registries.map(({ slug }) => slug),
      ),
    [search, registries],
  );
  const query = useInfiniteQuery(matrixQuery(toMatrixQuery(view)));
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const columns = query.data?.pages[0]?.columns ?? [];
  useRowKeys(rows.length);
  const wide = useWide();
  const row = rows.find(({ principal }) => principal.id === view.principal);
  const columnIndex = columns.findIndex(({ path }) => path === view.column);
  const column = columns[columnIndex];
  const cell = row?.cells[columnIndex];
  const close = () => window.history.pushState(null, "", matrixHref(view, { principal: "", column: "" }));
  const panel =
    row && column && cell ? (
      <MatrixPanel
        key={`${row.principal.id} ${column.path}`}
        registry={view.registry}
        principal={row.principal}
        column={column}
        cell={cell}
        rights={rights}
      />
    ) : null;
  const title = row && column ? `${row.principal.name} → ${column.path}` : "";
  return (
    <div className={panel && wide ? "grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]" : ""}>
      <section
        aria-label="Matrix"
        className="min-w-0 overflow-clip rounded-card border border-line bg-surface"
      >
        <MatrixBar view={view} registries={registries} />
        {query.isError && rows.length > 0 ? (
          <div className="border-b border-line p-2">
            <StaleBanner since={new Date(query.dataUpdatedAt).toISOString()}>
              {describeError(query.error)}
            </StaleBanner>
          </div>
        ) : null}
        {query.isPending ? (
          <SkeletonRows rows={8} rowHeight={36} />
        ) : query.isError && rows.length === 0 ? (
          <ErrorState
            title="The matrix did not come"
            requestId={query.error instanceof ApiError ? query.error.requestId : null}
            onRetry={() => void query.refetch()}
          >
            {describeError(query.error)}
          </ErrorState>
        ) : rows.length === 0 ? (
          <NoRows view={view} rights={rights} />
        ) : (
          <MatrixTable
            view={view}
            columns={columns}
            rows={rows}
            stale={query.isPlaceholderData}
            nextColumn={query.data?.pages[0]?.nextColumn ?? null}
            columnCount={query.data?.pages[0]?.columnCount ?? 0}
          />
        )}
        {query.hasNextPage ? (
          <div className="flex h-12 items-center justify-center border-t border-line">
            <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show more principals
            </Button>
          </div>
        ) : null}
      </section>
      {panel === null ? null : wide ? (
        <aside
          aria-label={title}
          className="sticky top-16 min-w-0 rounded-card border border-line bg-surface"
        >
          <header className="flex min-h-10 items-center gap-2 border-b border-line px-3.5 py-2">
            <h2 className="min-w-0 flex-1 font-semibold [overflow-wrap:anywhere]">{title}</h2>
            <Button size="small" variant="ghost" onClick={close}>
              Close
            </Button>
          </header>
          <div className="p-3.5">{panel}</div>
        </aside>
      ) : (
        <Drawer open onClose={close} title={title}>
          {panel}
        </Drawer>
      )}
    </div>
  );
}

function MatrixBar({ view, registries }: { view: MatrixView; registries: RegistryChoice[] }) {
  const go = (change: Partial<MatrixView>) =>
    window.history.pushState(null, "", matrixHref(view, { principal: "", column: "", ...change }));
  const onFilter = useCallback(
    (q: string) => window.history.replaceState(null, "", matrixHref(view, { q, principal: "", column: "" })),
    [view],
  );
  const parts = view.prefix === "" ? [] : view.prefix.split("/");
  return (
    <FilterBar>
      <FilterField
        label="principal contains …"
        value={view.q}
        onFilter={onFilter}
        className="w-full sm:w-52"
      />
      <RegistrySelect
        registries={registries}
        value={view.registry}
        onSlug={(slug) => go({ registry: slug, prefix: "", after: "" })}
      />
      <Select
        aria-label="Kind of principal"
        value={view.kind}
        onChange={(event) => go({ kind: event.target.value as MatrixView["kind"] })}
      >
        <option value="">every kind</option>
        {principalKinds.map((kind) => (
          <option key={kind} value={kind}>
            {kindWords[kind]}
          </option>
        ))}
      </Select>
      <nav aria-label="Folder" className="flex min-w-0 flex-wrap items-center gap-1 text-muted">
        {parts.length === 0 ? null : (
          <>
            <ViewLink
              href={matrixHref(view, { prefix: "", after: "", principal: "", column: "" })}
              className="hover:text-ink hover:underline"
            >
              {view.registry}
            </ViewLink>
            {parts.map((part, index) => (
              <span key={parts.slice(0, index + 1).join("/")} className="inline-flex items-center gap-1">
                <span aria-hidden="true" className="text-faint">
                  /
                </span>
                <ViewLink
                  href={matrixHref(view, {
                    prefix: parts.slice(0, index + 1).join("/"),
                    after: "",
                    principal: "",
                    column: "",
                  })}
                  aria-current={index === parts.length - 1 ? "page" : undefined}
                  className="font-mono hover:text-ink hover:underline aria-[current=page]:text-ink"
                >
                  {part}
                </ViewLink>
              </span>
            ))}
          </>
        )}
      </nav>
      <p className="ml-auto flex flex-wrap items-center gap-x-3 gap-y-1 text-small text-faint max-md:hidden">
        <span>◐ only some of it</span>
        <span>! wider than it should be</span>
      </p>
    </FilterBar>
  );
}

function NoRows({ view, rights }: { view: MatrixView; rights: AccessRights }) {
  if (view.q !== "" || view.kind !== "")
    return (
      <EmptyState
        title="No principal fits"
        action={
          <ViewLink
            href={matrixHref(view, { q: "", kind: "" })}
            className="font-semibold text-accent hover:underline"
          >
            Show all principals
          </ViewLink>
        }
      >
        Nobody of this name or kind has access here.
      </EmptyState>
    );
  return (
    <EmptyState
      title="Nobody has been granted anything here"
      action={
        rights.write ? (
          <ButtonLink href={`${newGrantPath}?registry=${encodeURIComponent(view.registry)}`}>
            Write the first grant
          </ButtonLink>
        ) : null
      }
    >
      Each row will be a robot, workload, person or group; each column a folder of {view.registry}. A grant
      says who may pull, push or delete where.
    </EmptyState>
  );
}
