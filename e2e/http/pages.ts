import type { Stage } from "./stage.ts";

export interface PageEntry {
  /** As the folders below app/ say, parameters in braces. */
  address: string;
  /** A path that leads to it. */
  path(stage: Stage): string;
  /** Nobody may see it. */
  open?: boolean;
}

/** Every page of the console. matrix-coverage.test.ts fails when one is missing. */
export const pages: readonly PageEntry[] = [];
