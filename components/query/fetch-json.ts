import { ApiError } from "@/components/query/api-error";

export type QueryValue = string | number | boolean | null | undefined;

export interface FetchOptions {
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  query?: Record<string, QueryValue>;
  body?: unknown;
  signal?: AbortSignal;
}

/** `?a=1&b=2` of the values that are there, or an empty text. */
export function toSearch(query: Record<string, QueryValue>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

/** Asks our own API. Throws ApiError with the sentence of the problem document; 401 leads to sign-in. */
export async function fetchJson<T>(path: string, options: FetchOptions = {}): Promise<T> {
  const { method = "GET", query, body, signal } = options;
  let response: Response;
  try {
    response = await fetch(`${path}${query ? toSearch(query) : ""}`, {
      method,
      signal,
      credentials: "same-origin",
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(
      0,
      "unreachable",
      "The console does not answer. Your network or the console may be down.",
    );
  }
  if (response.status === 401) leaveForSignIn();
  if (!response.ok) throw await readProblem(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

function leaveForSignIn(): void {
  const here = `${window.location.pathname}${window.location.search}`;
  window.location.assign(`/sign-in?callbackUrl=${encodeURIComponent(here)}`);
}

interface Problem {
  code?: unknown;
  detail?: unknown;
  title?: unknown;
  errors?: unknown;
  requestId?: unknown;
}

async function readProblem(response: Response): Promise<ApiError> {
  const fallback = `The console answered with status ${response.status}. Try again.`;
  const problem = await response.json().then(
    (body: unknown): Problem => (typeof body === "object" && body !== null ? body : {}),
    (): Problem => ({}),
  );
  const text = typeof problem.detail === "string" ? problem.detail : problem.title;
  return new ApiError(
    response.status,
    typeof problem.code === "string" ? problem.code : "unexpected",
    typeof text === "string" ? text : fallback,
    Array.isArray(problem.errors) ? problem.errors.filter(isFieldProblem) : [],
    typeof problem.requestId === "string" ? problem.requestId : null,
  );
}

function isFieldProblem(value: unknown): value is { field: string; message: string } {
  if (typeof value !== "object" || value === null) return false;
  const { field, message } = value as Record<string, unknown>;
  return typeof field === "string" && typeof message === "string";
}
