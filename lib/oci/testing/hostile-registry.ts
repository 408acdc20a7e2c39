import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";

import { createRegistryClient, type RegistryClient, type RegistryClientOptions } from "#lib/oci/client";

export type RecordedRequest = { method: string; path: string; headers: IncomingHttpHeaders; body: string };
export type Script = (request: RecordedRequest, response: ServerResponse) => void;
export type ScriptedServer = {
  origin: string;
  port: number;
  /** Everything that was asked, in order. */
  requests: RecordedRequest[];
  close(): Promise<void>;
};

/** An HTTP server on loopback that answers as the test says and remembers what it was asked. */
export async function startHostileRegistry(
  script: Script,
  options: { tls?: { key: string; cert: string } } = {},
): Promise<ScriptedServer> {
  const requests: RecordedRequest[] = [];
  const listener = async (
    incoming: AsyncIterable<Buffer> & { method?: string; url?: string; headers: IncomingHttpHeaders },
    response: ServerResponse,
  ) => {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece);
    const body = Buffer.concat(pieces).toString("utf8");
    const request = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      body,
    };
    requests.push(request);
    script(request, response);
  };
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  server.on("clientError", (_error, socket) => socket.destroy());
  const port = await listen(server);
  const scheme = options.tls === undefined ? "http" : "https";
  return {
    origin: `${scheme}://127.0.0.1:${port}`,
    port,
    requests,
    close: () => {
      server.closeAllConnections();
      return stop(server);
    },
  };
}

/** A listener that must never be touched: it answers politely and remembers who came. */
export function startCanary(): Promise<ScriptedServer> {
  return startHostileRegistry((_request, response) =>
    sendJson(response, 200, { token: "canary", access_token: "canary" }),
  );
}

/** A TCP server for answers that no HTTP library would send. */
export async function startRawServer(
  answer: (socket: Socket, request: string) => void,
): Promise<{ origin: string; port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (data) => answer(socket, data.toString("latin1")));
  });
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return stop(server);
    },
  };
}

/** A client for such servers: loopback allowed, retries without long waits. */
export function createTestClient(
  baseUrl: string,
  options: Partial<RegistryClientOptions> = {},
): RegistryClient {
  return createRegistryClient({
    baseUrl,
    credentials: { kind: "none" },
    allowedNetworks: ["127.0.0.0/8", "::1/128"],
    userAgent: "wharfinger-test/1",
    ...options,
    timeouts: {
      connectMs: 5_000,
      headersMs: 10_000,
      idleMs: 10_000,
      deadlineMs: 10_000,
      ...options.timeouts,
    },
    retry: { attempts: 1, baseDelayMs: 5, maxDelayMs: 20, ...options.retry },
  });
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": body.byteLength,
    ...headers,
  });
  response.end(body);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
