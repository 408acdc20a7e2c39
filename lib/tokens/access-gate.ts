import { AccessSnapshot } from "#lib/tokens/access-snapshot";
import { AccessConnection } from "#lib/tokens/store-access";

interface Batch {
  promise: Promise<AccessSnapshot>;
  resolve: (snapshot: AccessSnapshot) => void;
  reject: (error: unknown) => void;
}

/**
 * Hands out the snapshot as fresh as the database was after the caller asked. One query serves all who wait: whoever
 * comes while one is under way waits for the next, because that one may have looked too early.
 */
export class AccessGate {
  readonly #connection: Pick<AccessConnection, "readVersions" | "readRows" | "close">;
  readonly #snapshot = new AccessSnapshot();
  #waiting: Batch | null = null;
  #busy = false;

  constructor(connection: Pick<AccessConnection, "readVersions" | "readRows" | "close">) {
    this.#connection = connection;
  }

  fresh(): Promise<AccessSnapshot> {
    if (this.#waiting === null) {
      this.#waiting = Promise.withResolvers<AccessSnapshot>();
      if (!this.#busy) this.#schedule();
    }
    return this.#waiting.promise;
  }

  /**
   * The snapshot as it was after the last look, or null before the first. What is worked out with it counts only if a
   * fresh one, asked for before, has the same version.
   */
  known(): AccessSnapshot | null {
    return this.#snapshot.version === 0 ? null : this.#snapshot;
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** Everything that arrives in this turn of the event loop joins. */
  #schedule(): void {
    this.#busy = true;
    setImmediate(() => void this.#serve());
  }

  async #serve(): Promise<void> {
    const batch = this.#take();
    try {
      await this.#refresh();
      batch?.resolve(this.#snapshot);
    } catch (error) {
      batch?.reject(error);
    }
    this.#busy = false;
    if (this.#waiting !== null) this.#schedule();
  }

  #take(): Batch | null {
    const batch = this.#waiting;
    this.#waiting = null;
    return batch;
  }

  async #refresh(): Promise<void> {
    const known = this.#snapshot.version;
    if (known !== 0 && (await this.#connection.readVersions()).version === known) return;
    this.#snapshot.apply(await this.#connection.readRows(known));
  }
}

const shared = globalThis as typeof globalThis & {
  wharfingerAccess?: { database: string; gate: AccessGate };
};

/** The gate of this process. Next and the hot doors are separate module graphs, so it lives on globalThis. */
function getGate(): AccessGate {
  const database = process.env.DATABASE_URL;
  if (!database)
    throw new Error("DATABASE_URL is not set. Start the console with npm start or npm run demo.");
  if (shared.wharfingerAccess?.database !== database) {
    void shared.wharfingerAccess?.gate.close();
    shared.wharfingerAccess = { database, gate: new AccessGate(new AccessConnection(database)) };
  }
  return shared.wharfingerAccess.gate;
}

/** See AccessGate.known. */
export function getKnownAccess(): AccessSnapshot | null {
  return getGate().known();
}

/** What decides about access, with everything that was committed before this call. Throws 503 when nobody can tell. */
export function getFreshAccess(): Promise<AccessSnapshot> {
  return getGate().fresh();
}
