import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Page } from "#lib/http/page-schema";
import type {
  RepositoryDetail,
  RepositoryFacets,
  RepositoryFolderItem,
  RepositoryItem,
  RepositoryStorage,
  RepositorySummary,
} from "#lib/inventory/schema";
import { fetchJson } from "@/components/query/fetch-json";
import { refetchFirstPageOnly } from "@/components/query/refetch-first-page";
import { type RepositoryView, toRepositoryQuery } from "@/components/repositories/repository-view";

/** Rows of the first page, which is in the HTML; later pages are larger, because nobody waits for them. */
export const firstPageSize = 60;
const laterPageSize = 200;
/** Paths of the first page fill a screen: each one more is weight that the first row waits for. */
export const firstFolderPageSize = 40;
const laterFolderPageSize = 200;

export const repositoryKeys = {
  all: ["repositories"] as const,
  list: (view: RepositoryView) => ["repositories", "list", toRepositoryQuery(view)] as const,
  summary: (filters: Omit<ReturnType<typeof toRepositoryQuery>, "sort">) =>
    ["repositories", "summary", filters] as const,
  facets: (filters: Omit<ReturnType<typeof toRepositoryQuery>, "sort">) =>
    ["repositories", "facets", filters] as const,
  folders: (registry: string, parent: string) => ["repositories", "folders", registry, parent] as const,
  detail: (registry: string, repository: string) => ["repositories", "detail", registry, repository] as const,
  storage: (registry: string, repository: string) =>
    ["repositories", "storage", registry, repository] as const,
};

export function repositoriesQuery(view: RepositoryView) {
  return infiniteQueryOptions({
    queryKey: repositoryKeys.list(view),
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Page<RepositoryItem>>("/api/v1/repositories", {
        query: {
          ...toRepositoryQuery(view),
          cursor: pageParam,
          limit: pageParam === null ? firstPageSize : laterPageSize,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchOnMount: refetchFirstPageOnly,
    refetchOnWindowFocus: refetchFirstPageOnly,
  });
}

/** Times of the newest pushes in a view, to tell how many came since. */
export async function fetchNewestPushes(view: RepositoryView, signal: AbortSignal): Promise<string[]> {
  const page = await fetchJson<Page<RepositoryItem>>("/api/v1/repositories", {
    query: { ...toRepositoryQuery(view), sort: "-lastPushedAt", limit: 20 },
    signal,
  });
  return page.items.flatMap((item) => (item.lastPushedAt ? [item.lastPushedAt] : []));
}

/** The filters of a view without its order, which changes no count. */
export function toSummaryFilters(view: RepositoryView) {
  const { sort: _, ...filters } = toRepositoryQuery(view);
  return filters;
}

export function repositorySummaryQuery(view: RepositoryView) {
  const filters = toSummaryFilters(view);
  return queryOptions({
    queryKey: repositoryKeys.summary(filters),
    queryFn: ({ signal }) =>
      fetchJson<RepositorySummary>("/api/v1/repositories/summary", { query: filters, signal }),
    placeholderData: keepPreviousData,
  });
}

/** Asked by the browser after the list is there: no row waits for them. */
export function repositoryFacetsQuery(view: RepositoryView) {
  const filters = toSummaryFilters(view);
  return queryOptions({
    queryKey: repositoryKeys.facets(filters),
    queryFn: ({ signal }) =>
      fetchJson<RepositoryFacets>("/api/v1/repositories/facets", { query: filters, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function foldersQuery(registry: string, parent: string) {
  return infiniteQueryOptions({
    queryKey: repositoryKeys.folders(registry, parent),
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Page<RepositoryFolderItem>>("/api/v1/repository-folders", {
        query: {
          registry,
          parent,
          cursor: pageParam,
          limit: pageParam === null ? firstFolderPageSize : laterFolderPageSize,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 60_000,
  });
}

export function repositoryDetailQuery(registry: string, repository: string) {
  return queryOptions({
    queryKey: repositoryKeys.detail(registry, repository),
    queryFn: ({ signal }) =>
      fetchJson<RepositoryDetail>("/api/v1/repositories/detail", { query: { registry, repository }, signal }),
  });
}

export function repositoryStorageQuery(registry: string, repository: string) {
  return queryOptions({
    queryKey: repositoryKeys.storage(registry, repository),
    queryFn: ({ signal }) =>
      fetchJson<RepositoryStorage>("/api/v1/repositories/storage", {
        query: { registry, repository },
        signal,
      }),
    staleTime: 5 * 60_000,
  });
}
