import nextAuthModule, { type NextAuthOptions } from "next-auth";
import { readCallbackPath } from "#lib/auth/callback-url";
import { type Context, nobody } from "#lib/auth/context";
import { readSessionId } from "#lib/auth/session-token";
import { createSignInOptions, type SignInAttempt } from "#lib/auth/sign-in-options";
import { prepareLeavePage, prepareThrottledPage } from "#lib/auth/sign-in-pages";
import { readClient } from "#lib/http/client-address";
import { errorResponse } from "#lib/http/error-response";
import { HttpError, NotFoundError, ThrottledError } from "#lib/http/errors";
import { readTextBody } from "#lib/http/parse-request";
import { getBaseOrigin } from "#lib/http/same-origin";
import { readOidcSettings } from "#lib/settings/oidc-settings";

type NextAuthHandler = (request: unknown, response: unknown, options: NextAuthOptions) => Promise<void>;

// Bundlers hand over the default export, Node the whole CommonJS module.
const callNextAuth = (
  typeof nextAuthModule === "function"
    ? nextAuthModule
    : (nextAuthModule as unknown as { default: unknown }).default
) as NextAuthHandler;

const bodyLimitBytes = 16_384;

/** The parts of next-auth that the console uses; nothing else is reachable. */
const actions = new Set([
  "GET csrf",
  "GET signin",
  "GET error",
  "GET callback/oidc",
  "POST signin/oidc",
  "POST callback/credentials",
  "POST signout",
]);

/** Answers /api/auth/**: next-auth in the middle, our own rules about origin, targets and answers around it. */
export async function handleSignInRequest(request: Request, path: readonly string[]): Promise<Response> {
  const requestId = crypto.randomUUID();
  try {
    const action = path.join("/");
    if (!actions.has(`${request.method} ${action}`)) throw new NotFoundError();
    requireOwnOrigin(request);
    const ctx: Context = { principal: nobody, requestId, now: new Date(), ...readClient(request.headers) };
    return await answer(request, path, ctx);
  } catch (error) {
    return errorResponse(error, requestId);
  }
}

async function answer(request: Request, path: readonly string[], ctx: Context): Promise<Response> {
  const base = getBaseOrigin();
  const url = new URL(request.url);
  const query = Object.fromEntries(url.searchParams);
  const body = request.method === "POST" ? await readForm(request) : undefined;
  const attempt: SignInAttempt = { result: null, fault: null };
  const options = createSignInOptions({
    ctx,
    oidc: readOidcSettings(process.env).settings,
    sessionId: await readSessionId(request.headers.get("cookie")),
    attempt,
  });
  const cookies = readCookies(request.headers.get("cookie"));
  const callbackCookie = options.cookies?.callbackUrl?.name ?? "";
  const target = readCallbackPath(body?.callbackUrl ?? query.callbackUrl ?? cookies[callbackCookie], base);
  // next-auth stops with a fault of configuration when one of these is no address: it only gets good ones.
  const kept = cookies[callbackCookie];
  if (kept !== undefined) cookies[callbackCookie] = `${base}${readCallbackPath(kept, base)}`;
  if (query.callbackUrl !== undefined) query.callbackUrl = `${base}${target}`;
  if (body) body.callbackUrl = `${base}${target}`;

  process.env.NEXTAUTH_URL = base;
  const reply = new NextReply();
  await callNextAuth(
    {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      cookies,
      query: { ...query, nextauth: [...path] },
      body,
    },
    reply,
    options,
  );
  if (attempt.fault) throw attempt.fault;
  const { result } = attempt;
  if (result && !result.ok && result.reason === "throttled")
    return wantsJson(request, body)
      ? errorResponse(new ThrottledError(result.retryAfterSeconds), ctx.requestId)
      : prepareThrottledPage(result.retryAfterSeconds, target);
  if (result && !result.ok)
    reply.redirectTo(
      prepareRefusal(path[0] === "callback" && path[1] === "oidc" ? "denied" : "credentials", target),
    );
  const location = reply.headers.get("location");
  if (request.method === "POST" && path[0] === "signin" && location && !location.startsWith(`${base}/`))
    return prepareLeavePage(location, reply.headers);
  return reply.toResponse();
}

/** Where a refused sign-in goes: the page again, which says why and keeps where they wanted to go. */
function prepareRefusal(error: string, target: string): string {
  const query = new URLSearchParams({ error });
  if (target !== "/") query.set("callbackUrl", target);
  return `/sign-in?${query}`;
}

function wantsJson(request: Request, body: Record<string, string> | undefined): boolean {
  return body?.json === "true" || (request.headers.get("accept") ?? "").includes("json");
}

/** A page of another site may not even try; next-auth's token is asked for as well. */
function requireOwnOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  if (request.method === "GET" || origin === null || origin === getBaseOrigin()) return;
  throw new HttpError(403, "foreign-origin", `Sign in on the console's own page: ${getBaseOrigin()}/sign-in`);
}

async function readForm(request: Request): Promise<Record<string, string>> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded")
    throw new HttpError(415, "unsupported-media-type", "Send the form as application/x-www-form-urlencoded.");
  const text = await readTextBody(request, bodyLimitBytes);
  return Object.fromEntries(new URLSearchParams(text));
}

function readCookies(header: string | null): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null);
  for (const part of (header ?? "").split(";")) {
    const cut = part.indexOf("=");
    if (cut <= 0) continue;
    cookies[part.slice(0, cut).trim()] = decodeCookie(part.slice(cut + 1).trim());
  }
  return cookies;
}

function decodeCookie(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** What next-auth takes for a Node response. */
class NextReply {
  readonly headers = new Headers({ "cache-control": "private, no-store" });
  private code = 200;
  private body: string | null = null;

  status(code: number): this {
    this.code = code;
    return this;
  }

  getHeader(name: string): string[] | string | undefined {
    return name.toLowerCase() === "set-cookie"
      ? this.headers.getSetCookie()
      : (this.headers.get(name) ?? undefined);
  }

  setHeader(name: string, value: string | string[]): this {
    this.headers.delete(name);
    for (const one of [value].flat()) this.headers.append(name, one);
    return this;
  }

  json(value: unknown): this {
    this.headers.set("content-type", "application/json");
    this.body = JSON.stringify(value);
    return this;
  }

  send(value: unknown): this {
    if (typeof value === "object" && value !== null) return this.json(value);
    this.body = value === undefined ? null : String(value);
    return this;
  }

  end(): this {
    return this;
  }

  redirectTo(location: string): void {
    this.code = 303;
    this.body = null;
    this.headers.delete("content-type");
    this.headers.set("location", location);
  }

  toResponse(): Response {
    return new Response(this.body, { status: this.code, headers: this.headers });
  }
}
