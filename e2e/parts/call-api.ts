import { stack } from "./stack.ts";

/** Asks the console's API with the admin's key. Throws unless it answers 2xx. */
export async function callApi<T = unknown>(
  path: string,
  options: { method?: string; body?: unknown; query?: Record<string, string>; key?: string } = {},
): Promise<T> {
  const url = new URL(path, stack.url);
  for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
  const response = await fetch(url, {
    method: options.method ?? "GET",
    headers: {
      authorization: `Bearer ${options.key ?? stack.apiKey}`,
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${options.method ?? "GET"} ${path} answered ${response.status}: ${text}`);
  return (text === "" ? null : JSON.parse(text)) as T;
}

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface AuditRow {
  id: string;
  at: string;
  actor: string;
  action: string;
  target: string;
  outcome: string;
  address: string | null;
  agent: string | null;
  requestId: string;
  before: unknown;
  after: unknown;
}

export async function listAudit(query: Record<string, string>): Promise<AuditRow[]> {
  return (await callApi<Page<AuditRow>>("/api/v1/audit-events", { query: { limit: "100", ...query } })).items;
}

export interface TagRow {
  name: string;
  digest: string;
  lastPulledAt: string | null;
  pushedAt: string | null;
}

export async function listTags(repository: string, registry: string): Promise<TagRow[]> {
  return (await callApi<Page<TagRow>>("/api/v1/tags", { query: { registry, repository, limit: "500" } }))
    .items;
}

export interface MoveRow {
  tag: string;
  digest: string | null;
  previousDigest: string | null;
  actor: string | null;
  source: string;
}

export async function listMoves(repository: string, registry: string): Promise<MoveRow[]> {
  const query = { registry, repository, limit: "100" };
  return (await callApi<Page<MoveRow>>("/api/v1/tag-history", { query })).items;
}
