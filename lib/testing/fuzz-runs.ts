/** Whether this is `npm run fuzz`, which runs the full counts. */
export const isFuzzing = Boolean(process.env.FUZZ);

/** How often to try: a count that keeps `npm test` short, or under `npm run fuzz` the full one. */
export function fuzzRuns(reduced: number, full: number): number {
  return isFuzzing ? full : reduced;
}
