/** How often a route was answered with a status, and how long that took together. */
export interface RequestCount {
  method: string;
  /** As in the route table, never as it was asked for: so there are few. */
  route: string;
  status: number;
  count: number;
  seconds: number;
}

const shared = globalThis as typeof globalThis & { wharfingerRequests?: Map<string, RequestCount> };

/** Counts for as long as the process lives. Next and the hot doors are two module graphs, so it lives on globalThis. */
function counts(): Map<string, RequestCount> {
  shared.wharfingerRequests ??= new Map();
  return shared.wharfingerRequests;
}

export function countRequest(method: string, route: string, status: number, ms: number): void {
  const key = `${method} ${route} ${status}`;
  const known = counts().get(key);
  if (known === undefined) {
    counts().set(key, { method, route, status, count: 1, seconds: ms / 1_000 });
    return;
  }
  known.count += 1;
  known.seconds += ms / 1_000;
}

export function listRequestCounts(): RequestCount[] {
  return [...counts().values()];
}
