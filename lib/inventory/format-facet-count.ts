/** Filters are counted no further than this. */
export const facetLimit = 10_000;

/** `161`, or `10,000+` where counting stopped. */
export function formatFacetCount(count: number): string {
  return `${count.toLocaleString("en")}${count >= facetLimit ? "+" : ""}`;
}
