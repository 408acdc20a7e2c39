import { connect } from "node:net";
import type { ConsoleUnderTest } from "./console-under-test.ts";

/** Writes bytes to the console as they are, and returns all that comes back until it closes or is quiet for a while. */
export function sendRaw(console: ConsoleUnderTest, bytes: string, quietMs = 1_500): Promise<string> {
  const { hostname, port } = new URL(console.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = "";
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" || error.code === "EPIPE" ? resolve(text) : reject(error),
    );
    socket.on("close", () => resolve(text));
  });
}
