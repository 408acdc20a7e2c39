import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createOidcAgent } from "#lib/auth/oidc-agent";

let silent: Server;
let port: number;
beforeEach(async () => {
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
  silent.close();
});

it("ends a connection that lasts too long, also when nobody listens to it any more", async () => {
  const agent = createOidcAgent("http://127.0.0.1");
  const connection = agent.createConnection({ host: "127.0.0.1", port });
  if (!connection) throw new Error("There is no connection.");
  await new Promise((resolve) => connection.once("connect", resolve));
  const closed = new Promise((resolve) => connection.once("close", resolve));
  const uncaught = vi.fn();
  process.once("uncaughtException", uncaught);
  vi.advanceTimersByTime(9_000);
  await closed;
  process.removeListener("uncaughtException", uncaught);
  expect(connection.destroyed).toBe(true);
  expect(uncaught).not.toHaveBeenCalled();
});
