import type { Stage } from "./stage.ts";

export interface PageEntry {
  /** As the folders below app/ say, parameters in braces. */
  address: string;
  /** A path that leads to it. */
  path(stage: Stage): string;
  /** Anybody may see it. */
  open?: boolean;
}

/** Every page of the console. matrix-coverage.test.ts fails when one is missing. */
export const pages: readonly PageEntry[] = [
  { address: "/sign-in", path: () => "/sign-in", open: true },
  { address: "/images", path: () => "/images" },
];
