import { defaultShouldDehydrateQuery, QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/components/query/api-error";

/** One client per request on the server and per signed-in person in the browser. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: true,
        // A refusal does not change by asking again; an outage may.
        retry: (failures, error) =>
          failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      },
      dehydrate: { shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) },
    },
  });
}
