import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  connections(): number;
  /** Statuses of the next answers; afterwards 204. "silence" answers nothing, ever. */
  answers: (number | "silence")[];
  /** The next request that comes. */
  next(): Promise<Received>;
  stop(): Promise<void>;
}

/** A server on loopback that webhooks are sent to. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const waiting: ((one: Received) => void)[] = [];
  const answers: Receiver["answers"] = [];
  let connections = 0;
  const answer = (response: ServerResponse) => {
    const status = answers.shift() ?? 204;
    if (status === "silence") return;
    response.writeHead(status, status >= 300 && status < 400 ? { location: "/elsewhere" } : {});
    response.end(status === 204 ? undefined : "what the receiver says is its secret");
  };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString();
      const one = { path: request.url ?? "", headers: request.headers, body };
      received.push(one);
      answer(response);
      for (const tell of waiting.splice(0)) tell(one);
    });
  });
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    answers,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
