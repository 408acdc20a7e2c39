import type { RepositoryPart } from "#lib/inventory/crawl-repository";

export interface WriterLimits {
  /** Rows that make a write worth while. */
  batchRows: number;
  batchBytes: number;
  /** Readers wait while more than this is unwritten. */
  maxRows: number;
  maxBytes: number;
  /** A part waits no longer than this. */
  maxWaitMs: number;
}

const defaultLimits: WriterLimits = {
  batchRows: 1_500,
  batchBytes: 8 * 1024 * 1024,
  maxRows: 6_000,
  maxBytes: 48 * 1024 * 1024,
  maxWaitMs: 1_000,
};

interface Waiting {
  part: RepositoryPart;
  rows: number;
  bytes: number;
}

/**
 * Gathers parts and writes them in batches, in order, one batch at a time, while reading goes on. After a failed
 * write nothing more is written, and everybody who waits gets the error.
 */
export class CrawlWriter {
  readonly #commit: (parts: RepositoryPart[]) => Promise<void>;
  readonly #limits: WriterLimits;
  #parts: Waiting[] = [];
  #rows = 0;
  #bytes = 0;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failure: { error: unknown } | null = null;
  #onFailure: (error: unknown) => void;

  constructor(
    commit: (parts: RepositoryPart[]) => Promise<void>,
    onFailure: (error: unknown) => void,
    limits: Partial<WriterLimits> = {},
  ) {
    this.#commit = commit;
    this.#onFailure = onFailure;
    this.#limits = { ...defaultLimits, ...limits };
  }

  async write(part: RepositoryPart): Promise<void> {
    this.#throwFailure();
    const rows = 1 + part.tags.length + part.manifests.length * 2;
    const bytes = part.manifests.reduce((sum, manifest) => sum + manifest.sizeBytes, 0);
    this.#parts.push({ part, rows, bytes });
    this.#rows += rows;
    this.#bytes += bytes;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#start();
    }, this.#limits.maxWaitMs);
    if (this.#rows >= this.#limits.batchRows || this.#bytes >= this.#limits.batchBytes) this.#start();
    while (this.#rows > this.#limits.maxRows || this.#bytes > this.#limits.maxBytes) {
      this.#start();
      await this.#writing;
      this.#throwFailure();
    }
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    while (this.#parts.length > 0 || this.#writing !== null) {
      this.#throwFailure();
      this.#start();
      await this.#writing;
    }
    this.abandon();
    this.#throwFailure();
  }

  /** Forgets what is left. */
  abandon(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#parts = [];
  }

  /** For the end: waits for a write under way, whatever becomes of it. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  #start(): void {
    if (this.#writing !== null || this.#parts.length === 0 || this.#failure !== null) return;
    const taken = this.#take();
    this.#writing = this.#commit(taken).then(
      () => {
        this.#writing = null;
        if (this.#rows >= this.#limits.batchRows || this.#bytes >= this.#limits.batchBytes) this.#start();
      },
      (error: unknown) => {
        this.#writing = null;
        this.#failure = { error };
        this.#onFailure(error);
      },
    );
  }

  #take(): RepositoryPart[] {
    let rows = 0;
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#parts) {
      if (count > 0 && (rows > this.#limits.batchRows * 2 || bytes > this.#limits.batchBytes * 2)) break;
      rows += waiting.rows;
      bytes += waiting.bytes;
      count += 1;
    }
    this.#rows -= rows;
    this.#bytes -= bytes;
    return this.#parts.splice(0, count).map(({ part }) => part);
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
