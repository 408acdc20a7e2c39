import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import next from "next";
import { addressHeader, edgeHeader } from "#lib/http/client-address";
import { MethodNotAllowedError } from "#lib/http/errors";
import { countRequest } from "#lib/http/request-counts";
import { getBaseOrigin } from "#lib/http/same-origin";
import { sendProblem } from "#lib/http/send-problem";
import { log } from "#lib/log/log";
import { listRouteDefinitions } from "#lib/openapi/route-table";
import { createMethodFinder } from "#lib/server/find-methods";
import { listHotDoors } from "#lib/server/hot-doors";
import { readRemoteAddress } from "#lib/server/remote-address";
import { isRouterState, routerStateHeader } from "#lib/server/router-state";
import { isStaticFile, prepareSecurityHeaders, staticFileHeaders } from "#lib/server/security-headers";
import { describeStartFault, prepareConsole } from "#lib/server/start-up";
import { readSettings } from "#lib/settings/settings";
import { flushTokenRecords } from "#lib/tokens/service-records";

const development = process.env.NODE_ENV === "development";
const read = readSettings(process.env);
if (!read.ok) {
  for (const problem of read.problems) console.error(problem);
  process.exit(1);
}
const { settings } = read;
const { port, bind, trustedProxies } = settings;
process.env.WHARFINGER_EDGE_SECRET = randomBytes(32).toString("base64url");
const baseOrigin = getBaseOrigin();
const base = new URL(baseOrigin);
const findMethods = createMethodFinder(listRouteDefinitions());
const hotDoors = new Map(
  listHotDoors().map((door) => [`${door.definition.method} ${door.definition.path}`, door]),
);

await prepareConsole(settings).catch((error: unknown) => {
  console.error(describeStartFault(error));
  process.exit(1);
});
const app = next({ dev: development, dir: import.meta.dirname, hostname: base.hostname, port });
await app.prepare();
const handleByNext = app.getRequestHandler();

const server = createServer({ requestTimeout: 60_000, headersTimeout: 20_000, maxHeaderSize: 32_768 });
server.on("request", (request, response) => {
  answer(request, response).catch((error: unknown) => {
    log.error({ name: error instanceof Error ? error.name : "unknown" }, "request failed in the entry");
    if (!response.headersSent) response.writeHead(500, { "content-type": "application/problem+json" });
    response.end();
  });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? "/";
  // An absolute or odd request target never reaches Next: only paths of this console exist.
  if (!target.startsWith("/") || target.startsWith("//") || target.includes("\\")) {
    response.writeHead(400, { "content-type": "text/plain" }).end("The request target must be a path.\n");
    return;
  }
  const allowed = listAllowedMethods(target);
  if (!allowed.includes(request.method ?? "")) {
    for (const [name, value] of Object.entries(staticFileHeaders)) response.setHeader(name, value);
    await sendProblem(response, new MethodNotAllowedError(allowed));
    return;
  }
  dropForeignHeaders(request);
  request.headers[edgeHeader] = process.env.WHARFINGER_EDGE_SECRET;
  const address = readRemoteAddress(
    request.socket.remoteAddress,
    readHeader(request.headers["x-forwarded-for"]),
    trustedProxies,
  );
  if (address) request.headers[addressHeader] = address;

  const path = target.split("?", 1)[0] ?? "/";
  const door = hotDoors.get(`${request.method} ${path}`);
  if (door) {
    const startedAt = performance.now();
    await door.handle(request, response);
    countRequest(door.definition.method, path, response.statusCode, performance.now() - startedAt);
    return;
  }
  if (redirectAlias(request, response)) return;
  if (isStaticFile(path)) {
    for (const [name, value] of Object.entries(staticFileHeaders)) response.setHeader(name, value);
    await handleByNext(request, response);
    return;
  }
  const nonce = randomBytes(16).toString("base64");
  const headers = prepareSecurityHeaders(nonce, { https: base.protocol === "https:", development });
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Next puts the nonce of this request header on its own scripts.
  request.headers["content-security-policy"] = headers["content-security-policy"];
  request.headers["x-nonce"] = nonce;
  // So that a page knows where to come back to after sign-in.
  request.headers["x-wharfinger-path"] = target;
  await handleByNext(request, response);
}

const everyMethod = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Pages are only read: nothing of a body meant for a page is ever parsed. */
function listAllowedMethods(target: string): string[] {
  const path = target.split("?", 1)[0] ?? "/";
  const toPage = !path.startsWith("/api/") && !(development && path.startsWith("/_"));
  return toPage ? ["GET", "HEAD"] : (findMethods(path) ?? everyMethod);
}

/** By these the browser finds what Next's development server tells of a page; without them links wait for ever. */
const devHeaders = new Set(["x-nextjs-request-id", "x-nextjs-html-request-id"]);

/** Headers that only this entry, or Next itself, may set. */
function dropForeignHeaders(request: IncomingMessage): void {
  for (const name of Object.keys(request.headers)) {
    if (
      name.startsWith("x-middleware-") ||
      (name.startsWith("x-nextjs-") && !(development && devHeaders.has(name))) ||
      name.startsWith("x-wharfinger-") ||
      name === "x-nonce" ||
      name === "x-forwarded-host" ||
      name === "x-forwarded-proto" ||
      name === "content-security-policy" ||
      (name === routerStateHeader && !isRouterState(readHeader(request.headers[name]) ?? ""))
    )
      delete request.headers[name];
  }
}

/** 127.0.0.1 and [::1] lead to localhost, or sign-in would set its cookie on another host. */
function redirectAlias(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== "GET" || base.hostname !== "localhost" || request.url?.startsWith("/api/"))
    return false;
  const host = request.headers.host;
  if (host !== `127.0.0.1:${base.port}` && host !== `[::1]:${base.port}`) return false;
  response.writeHead(307, { location: `${baseOrigin}${request.url}` }).end();
  return true;
}

function readHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(",") : value;
}

server.on("upgrade", (request, socket, head) => {
  if (development && request.url?.startsWith("/_next/")) {
    app.getUpgradeHandler()(request, socket, head);
    return;
  }
  socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
});

server.on("error", (error: NodeJS.ErrnoException) => {
  console.error(
    error.code === "EADDRINUSE"
      ? `Port ${port} is taken. Stop what uses it, or set PORT to a free one.`
      : `The console cannot listen on ${bind}:${port} (${error.code ?? error.message}).`,
  );
  process.exit(1);
});
server.listen(port, bind, () => log.info({ address: baseOrigin }, "console listens"));

let closing = false;
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    if (closing) return;
    closing = true;
    // Requests in flight finish; idle connections close at once.
    server.close(() => void flushTokenRecords().finally(() => process.exit(0)));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 10_000).unref();
  });
