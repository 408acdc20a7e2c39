import { connect, createServer } from "node:net";
import { StartFault } from "./start-fault.ts";

function canListen(port: number, host: string): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : null));
    });
  });
}

function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
    socket.once("timeout", () => finish(false));
  });
}

/** True when we could listen there and nobody answers on either loopback address. */
export async function isPortFree(port: number, host = "127.0.0.1"): Promise<boolean> {
  if ((await canListen(port, host)) === null) return false;
  return !(await answers(port, "127.0.0.1")) && !(await answers(port, "::1"));
}

export async function findFreePort(): Promise<number> {
  const port = await canListen(0, "127.0.0.1");
  if (port === null) throw new StartFault("No free port could be found on 127.0.0.1.");
  return port;
}

/** Refuses a taken port with a sentence that names the setting to change. */
export async function requireFreePort(port: number, setting: string, purpose: string, host?: string) {
  if (await isPortFree(port, host)) return;
  throw new StartFault(
    `Port ${port} for the ${purpose} is taken by another program: stop it, or set ${setting} to a free port.`,
  );
}
