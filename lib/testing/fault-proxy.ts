import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export type ProxyFault =
  /** Everything goes through. */
  | "none"
  /** Nobody is there, as after a crash. */
  | "refuse"
  /** Bytes vanish on the way and nobody is told, as behind a broken link: a partition, a half-open connection. */
  | "swallow";

/** What becomes of an answer after so many bytes of it. */
export interface Cut {
  afterBytes: number;
  how: "end" | "reset" | "hang";
}

/** Stands between us and a real Postgres, registry or OpenID provider, and breaks the way on demand. */
export class FaultProxy {
  fault: ProxyFault = "none";
  /** Added to each piece that goes by. */
  latencyMs = 0;
  /** How fast answers come; null for at once. */
  answerBytesPerSecond: number | null = null;
  /** Counted for each connection, from its first answered byte. */
  cut: Cut | null = null;
  /** Puts other bytes in the place of each piece of an answer. */
  rewrite: ((piece: Buffer) => Buffer) | null = null;
  /** Sent for ever once the real answer has gone by; null for nothing. */
  endless: Buffer | null = null;
  /** Connections that were opened since the start. */
  connections = 0;
  private readonly pairs = new Set<[Socket, Socket]>();
  private readonly server: Server;

  constructor(host: string, port: number) {
    this.server = createServer({ allowHalfOpen: true }, (near) => {
      this.connections++;
      near.on("error", () => near.destroy());
      if (this.fault === "refuse") {
        near.resetAndDestroy();
        return;
      }
      const far = connect({ host, port, allowHalfOpen: true });
      const pair: [Socket, Socket] = [near, far];
      this.pairs.add(pair);
      far.on("error", () => far.destroy());
      this.pipe(near, far, async (piece) => void far.write(piece));
      this.pipe(far, near, this.answering(near));
      near.once("close", () => {
        this.pairs.delete(pair);
        far.destroy();
      });
    });
  }

  /** A proxy before the server of a URL. */
  static async before(url: string): Promise<FaultProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new FaultProxy(hostname, Number(port));
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The same URL with the way through this proxy. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = "127.0.0.1";
    through.port = String(this.port);
    return through.href.replace(/\/$/, "");
  }

  /** Lets everything through again. */
  heal(): void {
    this.fault = "none";
    this.latencyMs = 0;
    this.answerBytesPerSecond = null;
    this.cut = null;
    this.rewrite = null;
    this.endless = null;
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

  // One piece after the other, and the end after the last: a slow way ends late too.
  private pipe(from: Socket, to: Socket, send: (piece: Buffer) => Promise<void>): void {
    let queue = Promise.resolve();
    const add = (work: () => void | Promise<void>) => {
      queue = queue.then(() => (to.destroyed ? undefined : work()));
    };
    from.on("data", (piece: Buffer) => {
      if (this.fault === "swallow") return;
      const wait = this.latencyMs;
      if (wait > 0) add(() => delay(wait));
      add(() => send(piece));
    });
    const end = () => {
      if (this.fault !== "swallow" && this.cut?.how !== "hang") add(() => void to.end());
    };
    from.once("end", end);
    from.once("close", end);
  }

  private answering(near: Socket): (piece: Buffer) => Promise<void> {
    let sent = 0;
    let isCut = false;
    return async (whole) => {
      if (isCut) return;
      let piece = this.rewrite ? this.rewrite(whole) : whole;
      const { cut } = this;
      if (cut && sent + piece.length >= cut.afterBytes) {
        isCut = true;
        piece = piece.subarray(0, Math.max(0, cut.afterBytes - sent));
      }
      sent += piece.length;
      await this.drip(piece, near);
      if (isCut && cut?.how === "end") near.end();
      if (isCut && cut?.how === "reset") near.resetAndDestroy();
      while (this.endless && !near.destroyed) {
        near.write(this.endless);
        await delay(5);
      }
    };
  }

  private async drip(piece: Buffer, near: Socket): Promise<void> {
    const rate = this.answerBytesPerSecond;
    if (rate === null) {
      near.write(piece);
      return;
    }
    for (const byte of piece) {
      if (near.destroyed || this.answerBytesPerSecond === null) return;
      near.write(Buffer.of(byte));
      await delay(1_000 / rate);
    }
  }
}
