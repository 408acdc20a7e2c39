import { authenticate } from "#lib/auth/authenticate";
import { type Context, nobody } from "#lib/auth/context";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { readClient } from "#lib/http/client-address";
import type { Route, RouteDefinition, RouteInput } from "#lib/http/define-route";
import { RouteReply } from "#lib/http/define-route";
import { errorResponse } from "#lib/http/error-response";
import { ForbiddenError, UnauthenticatedError } from "#lib/http/errors";
import { parseWith, readJsonBody, readQuery } from "#lib/http/parse-request";
import { recordDenial } from "#lib/http/record-denial";
import { countRequest } from "#lib/http/request-counts";
import { requireSameOrigin } from "#lib/http/same-origin";
import { log } from "#lib/log/log";

interface NextRouteContext {
  params: Promise<Record<string, string | string[] | undefined>>;
}

/** Turns a route into what Next calls: authenticate, check origin, authorize, parse, call, serialise, map errors, log. */
export function handle<D extends RouteDefinition>(route: Route<D>) {
  const { definition } = route;
  return async (request: Request, next: NextRouteContext): Promise<Response> => {
    const startedAt = performance.now();
    const requestId = crypto.randomUUID();
    const client = readClient(request.headers);
    let ctx: Context = { principal: nobody, requestId, now: new Date(), ...client };
    let response: Response;
    try {
      // What is open to anybody is answered without a look at who asks: liveness must not need the database.
      const isPublic = definition.access === "public";
      const principal = isPublic ? nobody : await authenticate(request.headers, client);
      ctx = { ...ctx, principal };
      requireSameOrigin(request, principal);
      checkAccess(ctx, definition);
      const input = {
        ctx,
        request,
        params: definition.params ? parseWith(definition.params, await next.params, "path") : undefined,
        query: definition.query
          ? parseWith(definition.query, readQuery(new URL(request.url)), "query")
          : undefined,
        body: definition.body
          ? parseWith(definition.body, await readJsonBody(request, definition.bodyLimitBytes), "body")
          : undefined,
      };
      response = toResponse(await route.handler(input as RouteInput<D>), definition, requestId);
    } catch (error) {
      await recordDenial(ctx, request, error);
      response = errorResponse(error, requestId);
    }
    const ms = performance.now() - startedAt;
    countRequest(definition.method, definition.path, response.status, ms);
    log.info(
      {
        requestId,
        method: definition.method,
        route: definition.path,
        status: response.status,
        principal: ctx.principal.name,
        ms: Math.round(ms * 10) / 10,
      },
      "request",
    );
    return response;
  };
}

/** The service checks again, for the very target; this refuses before a body is read or a name is looked up. */
function checkAccess(ctx: Context, definition: RouteDefinition): void {
  if (definition.access === "public") return;
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  if (definition.access === "signed-in") return;
  if (!isPermittedSomewhere(ctx.principal, definition.access)) throw new ForbiddenError(definition.access);
}

function toResponse(result: unknown, definition: RouteDefinition, requestId: string): Response {
  if (result instanceof Response) return result;
  const reply = result instanceof RouteReply ? result : null;
  const status = reply?.status ?? definition.status ?? 200;
  const headers = new Headers({
    "cache-control": "private, no-store",
    "x-request-id": requestId,
    vary: "cookie, authorization",
    ...reply?.headers,
  });
  if (status === 204) return new Response(null, { status, headers });
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(reply ? reply.body : result), { status, headers });
}
