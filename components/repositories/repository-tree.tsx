"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import ChevronRight from "lucide-react/icons/chevron-right";
import { useCallback, useEffect, useRef, useState } from "react";
import type { RegistryState, RepositoryFolderItem } from "#lib/inventory/schema";
import { foldersQuery } from "@/components/repositories/queries";
import {
  isNarrowed,
  type RepositoryView,
  repositoryViewHref,
} from "@/components/repositories/repository-view";
import { classNames } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/format-bytes";
import { Skeleton } from "@/components/ui/skeleton";
import { ViewLink } from "@/components/ui/view-link";

/** The names of the repositories as a tree of paths. Branches are fetched when they are opened. */
export function RepositoryTree({
  view,
  registries,
  total,
}: {
  view: RepositoryView;
  registries: RegistryState[];
  total: number | undefined;
}) {
  const only = registries.length === 1 ? registries[0] : undefined;
  return (
    <nav aria-label="Paths">
      <ul>
        <TreeLine
          href={repositoryViewHref(view, { registry: "", prefix: "" })}
          label="All"
          depth={0}
          count={isNarrowed(view) ? undefined : total}
          current={!view.registry && !view.prefix}
        />
        {only ? (
          <Branches view={view} registry={only.slug} parent="" depth={0} />
        ) : (
          registries.map((registry) => (
            <Branch
              key={registry.slug}
              view={view}
              registry={registry.slug}
              path=""
              label={registry.slug}
              depth={0}
              count={undefined}
              hasBranches
            />
          ))
        )}
      </ul>
    </nav>
  );
}

function Branches({
  view,
  registry,
  parent,
  depth,
}: {
  view: RepositoryView;
  registry: string;
  parent: string;
  depth: number;
}) {
  const query = useInfiniteQuery(foldersQuery(registry, parent));
  const folders = query.data?.pages.flatMap((page) => page.items) ?? [];
  const { fetchNextPage } = query;
  const onMore = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  if (query.isPending)
    return (
      <li className="py-1 pl-6">
        <Skeleton className="h-3.5 w-24" />
      </li>
    );
  if (query.isError && folders.length === 0)
    return <li className="px-2 py-1 text-small text-faint">The paths did not come.</li>;
  return (
    <>
      {folders.map((folder) => (
        <Branch
          key={folder.path}
          view={view}
          registry={registry}
          path={folder.path}
          label={folder.name}
          depth={depth}
          count={folder.repositoryCount}
          hasBranches={mayHaveBranches(folder)}
        />
      ))}
      {query.hasNextPage ? <MorePaths key={folders.length} onMore={onMore} /> : null}
    </>
  );
}

/** The foot of a branch that goes on: what follows is fetched as it is scrolled to, or by a click. */
function MorePaths({ onMore }: { onMore: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) onMore();
    });
    if (button.current) observer.observe(button.current);
    return () => observer.disconnect();
  }, [onMore]);
  return (
    <li>
      <button
        ref={button}
        type="button"
        onClick={onMore}
        className="px-2 py-1 text-small text-accent hover:underline"
      >
        More paths
      </button>
    </li>
  );
}

function Branch({
  view,
  registry,
  path,
  label,
  depth,
  count,
  hasBranches,
}: {
  view: RepositoryView;
  registry: string;
  path: string;
  label: string;
  depth: number;
  count: number | undefined;
  hasBranches: boolean;
}) {
  const prefix = path ? `${path}/` : "";
  const here = view.registry === registry || (!view.registry && view.prefix !== "");
  const within = here && (path === "" ? view.registry === registry : `${view.prefix}/`.startsWith(prefix));
  const [toggled, setToggled] = useState<boolean | null>(null);
  const open = toggled ?? within;
  return (
    <>
      <TreeLine
        href={repositoryViewHref(view, { registry, prefix: path })}
        label={label}
        depth={depth}
        count={count}
        current={view.registry === registry && view.prefix.replace(/\/$/, "") === path}
        open={hasBranches ? open : undefined}
        onToggle={() => setToggled(!open)}
      />
      {open && hasBranches ? (
        <Branches view={view} registry={registry} parent={path} depth={depth + 1} />
      ) : null}
    </>
  );
}

function TreeLine({
  href,
  label,
  depth,
  count,
  current,
  open,
  onToggle,
}: {
  href: string;
  label: string;
  depth: number;
  count: number | undefined;
  current: boolean;
  /** Undefined where nothing is below. */
  open?: boolean;
  onToggle?: () => void;
}) {
  return (
    <li
      className={classNames(
        "flex items-center rounded-control",
        current ? "bg-sunken" : "hover:bg-sunken/60",
      )}
      style={{ paddingLeft: depth * 14 }}
    >
      {open === undefined ? (
        <span className={depth === 0 && !onToggle ? "w-2" : "w-6"} />
      ) : (
        <button
          type="button"
          aria-expanded={open}
          aria-label={`${open ? "Fold" : "Unfold"} ${label}`}
          onClick={onToggle}
          className="flex size-6 shrink-0 items-center justify-center text-faint hover:text-ink"
        >
          <ChevronRight
            aria-hidden="true"
            className={classNames("size-3.5 transition-transform duration-100", open && "rotate-90")}
          />
        </button>
      )}
      <ViewLink
        href={href}
        aria-current={current ? "true" : undefined}
        title={label}
        className={classNames("flex h-7 min-w-0 flex-1 items-center gap-2 pr-2", current && "font-semibold")}
      >
        <span className="min-w-0 flex-1 truncate">{label}</span>
        {count === undefined ? null : <span className="font-normal text-faint">{formatCount(count)}</span>}
      </ViewLink>
    </li>
  );
}

// A folder whose only repository stands at its own path has nothing below, but that is told only by looking.
function mayHaveBranches(folder: RepositoryFolderItem): boolean {
  return folder.repositoryCount > 1;
}
