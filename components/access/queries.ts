import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type {
  AccessCheck,
  AccessGrant,
  AccessMatrix,
  AccessRequest,
  AccessSummary,
  CheckAccessBody,
  CreateGrantBody,
  EffectiveItem,
  GrantPreview,
  MyAccess,
  Protection,
  Suggestion,
} from "#lib/grants/schema";
import type { AccessPrincipal, AccessSecret, TrustRule } from "#lib/principals/schema";
import type { TokenDenial } from "#lib/tokens/schema";
import { fetchJson, type QueryValue } from "@/components/query/fetch-json";
import { refetchFirstPageOnly } from "@/components/query/refetch-first-page";
import { listQuery } from "@/components/settings/list-query";

/** Everything below /access: a change to any of it makes the rest stale. */
export const accessKey = ["access"] as const;

export const accessPaths = {
  grants: "/api/v1/grants",
  grant: (id: string) => `/api/v1/grants/${encodeURIComponent(id)}`,
  restore: (id: string) => `/api/v1/grants/${encodeURIComponent(id)}/restore`,
  preview: "/api/v1/grants/preview",
  suggestions: "/api/v1/grants/suggestions",
  applySuggestion: (id: string) => `/api/v1/grants/suggestions/${encodeURIComponent(id)}/apply`,
  document: "/api/v1/grants/document",
  principals: "/api/v1/principals",
  principal: (id: string) => `/api/v1/principals/${encodeURIComponent(id)}`,
  summary: "/api/v1/access/summary",
  effective: "/api/v1/access/effective",
  matrix: "/api/v1/access/matrix",
  check: "/api/v1/access/check",
  requests: "/api/v1/access-requests",
  request: (id: string) => `/api/v1/access-requests/${encodeURIComponent(id)}`,
  denials: "/api/v1/token-denials",
  protections: (slug: string) => `/api/v1/registries/${encodeURIComponent(slug)}/protections`,
  mine: "/api/v1/access/mine",
  mySecrets: "/api/v1/me/registry-secrets",
} as const;

/** How often the refusals are asked for: a refusal is on screen within two seconds. */
const denialsEvery = 1_000;

export function accessSummaryQuery() {
  return queryOptions({
    queryKey: [...accessKey, "summary"],
    queryFn: ({ signal }) => fetchJson<AccessSummary>(accessPaths.summary, { signal }),
  });
}

export function grantsQuery(filters: Record<string, QueryValue>) {
  return listQuery<AccessGrant>([...accessKey, "grants"], accessPaths.grants, filters);
}

export function grantQuery(id: string) {
  return queryOptions({
    queryKey: [...accessKey, "grant", id],
    queryFn: ({ signal }) => fetchJson<AccessGrant>(accessPaths.grant(id), { signal }),
  });
}

export function grantPreviewQuery(body: (CreateGrantBody & { changes?: string }) | null) {
  return queryOptions({
    queryKey: [...accessKey, "preview", body],
    queryFn: ({ signal }) => fetchJson<GrantPreview>(accessPaths.preview, { method: "POST", body, signal }),
    enabled: body !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function principalsQuery(filters: Record<string, QueryValue> = {}) {
  return listQuery<AccessPrincipal>([...accessKey, "principals"], accessPaths.principals, filters);
}

export function principalQuery(id: string) {
  return queryOptions({
    queryKey: [...accessKey, "principal", id],
    queryFn: ({ signal }) => fetchJson<AccessPrincipal>(accessPaths.principal(id), { signal }),
  });
}

/** Secrets of a principal, or one's own when no id is given. */
export function secretsQuery(path: string) {
  return queryOptions({
    queryKey: [...accessKey, "secrets", path],
    queryFn: ({ signal }) => fetchJson<{ items: AccessSecret[] }>(path, { signal }),
  });
}

export function trustRulesQuery(principalId: string) {
  return queryOptions({
    queryKey: [...accessKey, "trust-rules", principalId],
    queryFn: ({ signal }) =>
      fetchJson<{ items: TrustRule[] }>(`${accessPaths.principal(principalId)}/trust-rules`, { signal }),
  });
}

export function effectiveQuery(filters: { registry: string; repository?: string; principal?: string }) {
  return listQuery<EffectiveItem>([...accessKey, "effective"], accessPaths.effective, filters);
}

export function accessCheckQuery(body: CheckAccessBody | null) {
  return queryOptions({
    queryKey: [...accessKey, "check", body],
    queryFn: ({ signal }) => fetchJson<AccessCheck>(accessPaths.check, { method: "POST", body, signal }),
    enabled: body !== null,
    retry: false,
  });
}

export function matrixQuery(filters: Record<string, QueryValue>) {
  return {
    queryKey: [...accessKey, "matrix", filters] as const,
    queryFn: ({ pageParam, signal }: { pageParam: string | null; signal: AbortSignal }) =>
      fetchJson<AccessMatrix>(accessPaths.matrix, {
        query: { ...filters, cursor: pageParam, limit: 100 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: AccessMatrix) => page.nextCursor,
    placeholderData: keepPreviousData,
  };
}

export function suggestionsQuery(registry: string) {
  return queryOptions({
    queryKey: [...accessKey, "suggestions", registry],
    queryFn: ({ signal }) =>
      fetchJson<{ items: Suggestion[] }>(accessPaths.suggestions, { query: { registry }, signal }),
    placeholderData: keepPreviousData,
  });
}

export function denialsQuery(filters: Record<string, QueryValue>) {
  return {
    ...listQuery<TokenDenial>(["token-denials"], accessPaths.denials, filters),
    refetchInterval: (query: { state: { data?: unknown } }) =>
      refetchFirstPageOnly(query) ? denialsEvery : (false as const),
    staleTime: 0,
  };
}

export function requestsQuery(filters: Record<string, QueryValue>) {
  return listQuery<AccessRequest>([...accessKey, "requests"], accessPaths.requests, filters);
}

export function myAccessQuery() {
  return queryOptions({
    queryKey: [...accessKey, "mine"],
    queryFn: ({ signal }) => fetchJson<MyAccess>(accessPaths.mine, { signal }),
  });
}

export function protectionsQuery(registry: string) {
  return queryOptions({
    queryKey: [...accessKey, "protections", registry],
    queryFn: ({ signal }) =>
      fetchJson<{ items: Protection[] }>(accessPaths.protections(registry), { signal }),
  });
}

export function documentQuery(registry: string) {
  return queryOptions({
    queryKey: [...accessKey, "document", registry],
    queryFn: ({ signal }) =>
      fetchJson<{ document: string }>(accessPaths.document, { query: { registry }, signal }),
  });
}
