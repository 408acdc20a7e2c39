import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";

/** Loads an endless list again from its top: in place when it is short, from the start when it is long. */
export async function reloadList(client: QueryClient, queryKey: QueryKey): Promise<void> {
  window.scrollTo({ top: 0 });
  const data = client.getQueryData<InfiniteData<unknown>>(queryKey);
  if ((data?.pages.length ?? 0) > 1) await client.resetQueries({ queryKey, exact: true });
  else await client.refetchQueries({ queryKey, exact: true });
}
