import type { InfiniteData } from "@tanstack/react-query";

/**
 * For endless lists: only a list of one page is asked for again by itself. Asking again for two hundred pages
 * because a window came to the front would help nobody.
 */
export function refetchFirstPageOnly(query: { state: { data?: unknown } }): boolean {
  const data = query.state.data as InfiniteData<unknown> | undefined;
  return (data?.pages.length ?? 0) <= 1;
}
