import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";

export type ProxyFault =
  /** Everything goes through. */
  | "none"
  /** Nobody listens, as after a crash. */
  | "refuse"
  /** Bytes vanish on the way, as behind a broken link. */
  | "swallow";

/** Stands between the console and Postgres, and breaks the way on demand. */
export class FaultProxy {
  fault: ProxyFault = "none";
  /** Added to each piece that goes by. */
  latencyMs = 0;
  private readonly pairs = new Set<[Socket, Socket]>();
  private readonly server: Server;

  constructor(host: string, port: number) {
    this.server = createServer((near) => {
      if (this.fault === "refuse") {
        near.resetAndDestroy();
        return;
      }
      const far = connect(port, host);
      const pair: [Socket, Socket] = [near, far];
      this.pairs.add(pair);
      this.pipe(near, far);
      this.pipe(far, near);
      for (const socket of pair) {
        socket.on("error", () => this.drop(pair));
        socket.on("close", () => this.drop(pair));
      }
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every connection at once, as a crash or a restart does. */
  reset(): void {
    for (const [near, far] of this.pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  async stop(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pipe(from: Socket, to: Socket): void {
    let queue = Promise.resolve();
    from.on("data", (chunk: Buffer) => {
      if (this.fault === "swallow") return;
      if (this.latencyMs === 0) {
        to.write(chunk);
        return;
      }
      const wait = this.latencyMs;
      queue = queue
        .then(() => new Promise((resolve) => setTimeout(resolve, wait)))
        .then(() => {
          if (!to.destroyed) to.write(chunk);
        });
    });
  }

  private drop(pair: [Socket, Socket]): void {
    this.pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }
}
