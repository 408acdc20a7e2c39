import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { codeOf, StartFault } from "./start-fault.ts";

type Listening = { port: number } | { code: string };

function tryToListen(port: number, host: string): Promise<Listening> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve({ code: codeOf(error) }));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve({ port: typeof address === "object" && address ? address.port : port }));
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
  return !("code" in (await tryToListen(port, host))) && !(await isAnswered(port));
}

async function isAnswered(port: number): Promise<boolean> {
  return (await answers(port, "127.0.0.1")) || (await answers(port, "::1"));
}

// Below the range from which a system takes the near end of outgoing connections: there, somebody's connection may have
// a port again before the program that it was found for listens on it.
const searched = { from: 20_000, to: 32_000, times: 50 };

export async function findFreePort(): Promise<number> {
  for (let time = 0; time < searched.times; time++) {
    const found = await tryToListen(randomInt(searched.from, searched.to), "127.0.0.1");
    if ("port" in found) return found.port;
  }
  const found = await tryToListen(0, "127.0.0.1");
  if ("code" in found) throw new StartFault("No free port could be found on 127.0.0.1.");
  return found.port;
}

/** Refuses a taken port with a sentence that names the setting to change. */
export async function requireFreePort(port: number, setting: string, purpose: string, host = "127.0.0.1") {
  const found = await tryToListen(port, host);
  const code = "code" in found ? found.code : "";
  if (code === "EACCES")
    throw new StartFault(
      `Port ${port} for the ${purpose} may not be opened by this user: set ${setting} to one from 1024 on.`,
    );
  if (code !== "" && code !== "EADDRINUSE")
    throw new StartFault(
      `The ${purpose} cannot listen on ${host} port ${port} (${code}): set WHARFINGER_BIND to an address of this machine.`,
    );
  if (code === "" && !(await isAnswered(port))) return;
  throw new StartFault(
    `Port ${port} for the ${purpose} is taken by another program: stop it, or set ${setting} to a free port.`,
  );
}
