import { basicEntries } from "./matrix-basics.ts";
import type { MatrixEntry } from "./matrix-entry.ts";
import { inventoryReadEntries } from "./matrix-inventory.ts";

/** Every operation of the route table, at least once. matrix-coverage.test.ts fails when one is missing. */
export const matrix: readonly MatrixEntry[] = [...basicEntries, ...inventoryReadEntries];
