import { log } from "#lib/log/log";

/**
 * Writes what was collected, some time after the first of it came, and never two writes at once. A store that is slow
 * is written to less often, so that writing takes a fifth of its time at most.
 */
export class FlushLoop {
  readonly #waitMs: number;
  readonly #write: () => Promise<void>;
  readonly #what: string;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #dirty = false;
  #restMs = 0;

  constructor(what: string, waitMs: number, write: () => Promise<void>) {
    this.#what = what;
    this.#waitMs = waitMs;
    this.#write = write;
  }

  /** Something was collected. */
  wake(): void {
    this.#dirty = true;
    if (this.#timer !== null || this.#running !== null) return;
    this.#timer = setTimeout(() => void this.flush(), Math.max(this.#waitMs, this.#restMs)).unref();
  }

  /** Writes what there is now; resolves when it is written, or could not be. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#running !== null) await this.#running;
    if (!this.#dirty) return;
    this.#dirty = false;
    const beganAt = performance.now();
    this.#running = this.#write().catch((error: unknown) => {
      this.#dirty = true;
      log.warn(
        { name: error instanceof Error ? error.name : "unknown" },
        `${this.#what} could not be written yet`,
      );
    });
    await this.#running;
    this.#running = null;
    this.#restMs = Math.min(60_000, 4 * (performance.now() - beganAt));
    if (this.#dirty) this.wake();
  }
}
