import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HotDoor } from "#lib/http/hot-door";

/** Serves hot doors on localhost as the console's entry would: by method and path, everything else is 404. */
export async function startHotDoors(
  doors: readonly HotDoor[],
): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const byPath = new Map(doors.map((door) => [`${door.definition.method} ${door.definition.path}`, door]));
  const server = createServer((request, response) => {
    const door = byPath.get(`${request.method} ${request.url?.split("?", 1)[0]}`);
    if (!door) {
      response.writeHead(404).end();
      return;
    }
    door.handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    port,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
