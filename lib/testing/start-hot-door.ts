import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HotDoor } from "#lib/http/hot-door";

/** Serves one hot door alone on loopback, as the console's entry would. */
export async function startHotDoor(
  door: HotDoor,
): Promise<{ url: string; received: () => number; close(): Promise<void> }> {
  let received = 0;
  const server = createServer((request, response) => {
    received += 1;
    door.handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${door.definition.path}`,
    received: () => received,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
