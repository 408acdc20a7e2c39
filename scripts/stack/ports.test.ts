import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { findFreePort, isPortFree, requireFreePort } from "./ports.ts";

const servers: Server[] = [];

function listen(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    servers.push(server);
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

describe("ports", () => {
  it("finds a free port", async () => {
    expect(await isPortFree(await findFreePort())).toBe(true);
  });

  it("sees a port that is taken on loopback or on every address", async () => {
    expect(await isPortFree(await listen("127.0.0.1"))).toBe(false);
    expect(await isPortFree(await listen("0.0.0.0"))).toBe(false);
  });

  it("does not blame another program for an address that is not of this machine", async () => {
    const port = await findFreePort();
    await expect(requireFreePort(port, "PORT", "console", "192.0.2.1")).rejects.toThrow(
      `The console cannot listen on 192.0.2.1 port ${port} (EADDRNOTAVAIL): set WHARFINGER_BIND to an address of this machine.`,
    );
  });

  it("says in one sentence which setting to change", async () => {
    const port = await listen("127.0.0.1");
    await expect(requireFreePort(port, "REGISTRY_PORT", "registry")).rejects.toThrow(
      `Port ${port} for the registry is taken by another program: stop it, or set REGISTRY_PORT to a free port.`,
    );
  });
});
