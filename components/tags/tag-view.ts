import { toSearch } from "@/components/query/fetch-json";
import { imageHref } from "@/components/ui/image-href";

export const tagSortFields = ["name", "pushedAt", "sizeBytes", "semver", "lastPulledAt"] as const;
const tabs = ["tags", "history", "who-can"] as const;
export type RepositoryTab = (typeof tabs)[number];

/** What the address of a repository says: which tags, in which order, or their history. */
export interface TagView {
  registry: string;
  repository: string;
  tab: RepositoryTab;
  q: string;
  /** Also the tags that are bookkeeping of clients. */
  bookkeeping: boolean;
  sort: string;
}

const defaultSort = "-pushedAt";
const sorts: readonly string[] = tagSortFields.flatMap((field) => [field, `-${field}`]);

export function parseTagView(registry: string, repository: string, search: URLSearchParams): TagView {
  const sort = search.get("sort") ?? "";
  return {
    registry,
    repository,
    tab: tabs.find((each) => each === search.get("tab")) ?? "tags",
    q: (search.get("q") ?? "").slice(0, 255),
    bookkeeping: search.get("bookkeeping") === "true",
    sort: sorts.includes(sort) ? sort : defaultSort,
  };
}

export function toTagQuery(view: TagView) {
  return {
    registry: view.registry,
    repository: view.repository,
    q: view.q.trim() || undefined,
    bookkeeping: view.bookkeeping ? ("true" as const) : ("false" as const),
    sort: view.sort,
  };
}

export function tagViewHref(view: TagView, change: Partial<TagView> = {}): string {
  const next = { ...view, ...change };
  return `${imageHref(next.registry, next.repository)}${toSearch({
    tab: next.tab === "tags" ? "" : next.tab,
    q: next.q,
    bookkeeping: next.bookkeeping ? "true" : "",
    sort: next.sort === defaultSort ? "" : next.sort,
  })}`;
}
