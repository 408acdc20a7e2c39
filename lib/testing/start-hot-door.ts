import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HotDoor } from "#lib/http/hot-door";

/** Serves one hot door alone on loopback, as the console's entry would. */
export async function startHotDoor(
  door: HotDoor,
): Promise<{ url: string; received: () => number; close(): Promise<void> }> {
  const { origin, received, close } = await startHotDoors([door]);
  return { url: `${origin}${door.definition.path}`, received, close };
}

/** Serves hot doors on loopback, each by its method and path. */
export async function startHotDoors(
  doors: readonly HotDoor[],
): Promise<{ origin: string; received: () => number; close(): Promise<void> }> {
  let received = 0;
  const server = createServer((request, response) => {
    received += 1;
    const path = request.url?.split("?", 1)[0];
    const sole = doors.length === 1 ? doors[0] : undefined;
    const door = doors.find(
      ({ definition }) => definition.path === path && definition.method === request.method,
    );
    const asked = door ?? sole;
    if (!asked) response.writeHead(404).end();
    else asked.handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    received: () => received,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
