import { Agent, createServer, type IncomingHttpHeaders, request as send } from "node:http";
import type { AddressInfo } from "node:net";

export interface Counted {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
}

/** Passes everything on to a registry on loopback and remembers what was asked. */
export async function startCountingProxy(target: string): Promise<{
  url: string;
  /** What was asked since the last call. */
  take(): Counted[];
  close(): Promise<void>;
}> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  let seen: Counted[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = "", url: path = "", headers } = incoming;
    seen.push({ method, path, headers });
    const onward = send({ host: hostname, port, method, path, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  // A connection that closes while it is idle makes the client ask again, which would be counted.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    close: () => {
      server.closeAllConnections();
      agent.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
