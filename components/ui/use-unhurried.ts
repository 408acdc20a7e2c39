import { useDeferredValue } from "react";

/**
 * Rows as they were until there is a pause for drawing the new ones, so that a list that arrives never holds up a key
 * or a scroll. The first rows of all come at once.
 */
export function useUnhurried<Row>(rows: readonly Row[]): readonly Row[] {
  const drawn = useDeferredValue(rows);
  return drawn.length === 0 ? rows : drawn;
}
