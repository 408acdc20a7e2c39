/** The query of a page as Next hands it over. */
export type SearchParams = Record<string, string | string[] | undefined>;

/** The first value of each name. */
export function toUrlSearch(params: SearchParams): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) search.set(name, first);
  }
  return search;
}
