/** Filters are counted no further than this. */
export const facetLimit = 10_000;
