import type { RepositoryPart } from "#lib/inventory/crawl-repository";

export interface WriterLimits {
  /** Rows that are made ready together. */
  groupRows: number;
  /** A part waits no longer than this for others to be made ready with. */
  groupWaitMs: number;
  /** Rows that make a write worth while. */
  batchRows: number;
  batchBytes: number;
  /** Readers wait while more than this is unwritten. */
  maxRows: number;
  maxBytes: number;
  /** What is ready waits no longer than this. */
  maxWaitMs: number;
}

const defaultLimits: WriterLimits = {
  groupRows: 400,
  groupWaitMs: 100,
  batchRows: 1_500,
  batchBytes: 8 * 1024 * 1024,
  maxRows: 6_000,
  maxBytes: 48 * 1024 * 1024,
  maxWaitMs: 1_000,
};

export interface WriterSteps {
  /** Adds to parts what is to be written with them. Several may be under way; the parts keep their order. */
  prepare(parts: readonly RepositoryPart[]): Promise<void>;
  /** Writes parts, one call at a time. */
  commit(parts: RepositoryPart[]): Promise<void>;
  onFailure(error: unknown): void;
}

interface Waiting {
  part: RepositoryPart;
  rows: number;
  bytes: number;
}

/**
 * Gathers parts, has them made ready, and writes them in batches, in order, while reading goes on. After a failure
 * nothing more is written, and everybody who waits gets the error.
 */
export class CrawlWriter {
  readonly #steps: WriterSteps;
  readonly #limits: WriterLimits;
  #gathered: RepositoryPart[] = [];
  #gatheredRows = 0;
  #groups = 0;
  /** Settles when every group begun so far is ready. */
  #order: Promise<void> = Promise.resolve();
  #ready: Waiting[] = [];
  #readyRows = 0;
  #readyBytes = 0;
  /** Everything unwritten. */
  #rows = 0;
  #bytes = 0;
  #writing: Promise<void> | null = null;
  #groupTimer: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failure: { error: unknown } | null = null;
  #abandoned = false;

  constructor(steps: WriterSteps, limits: Partial<WriterLimits> = {}) {
    this.#steps = steps;
    this.#limits = { ...defaultLimits, ...limits };
  }

  async write(part: RepositoryPart): Promise<void> {
    this.#throwFailure();
    const rows = rowsOf(part);
    this.#gathered.push(part);
    this.#gatheredRows += rows;
    this.#rows += rows;
    this.#bytes += bytesOf(part);
    if (this.#gatheredRows >= this.#limits.groupRows) this.#group();
    else this.#groupTimer ??= setTimeout(() => this.#group(), this.#limits.groupWaitMs);
    while (this.#rows > this.#limits.maxRows || this.#bytes > this.#limits.maxBytes) {
      this.#group();
      this.#start();
      await (this.#writing ?? this.#order);
      this.#throwFailure();
    }
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    for (;;) {
      this.#throwFailure();
      this.#group();
      this.#start();
      if (this.#writing !== null) await this.#writing;
      else if (this.#groups > 0) await this.#order;
      else break;
    }
    this.abandon();
  }

  /** Forgets what is left. */
  abandon(): void {
    this.#abandoned = true;
    for (const timer of [this.#groupTimer, this.#timer]) if (timer !== null) clearTimeout(timer);
    this.#groupTimer = null;
    this.#timer = null;
    this.#gathered = [];
    this.#ready = [];
  }

  /** For the end: waits for a write under way, whatever becomes of it. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  #group(): void {
    if (this.#groupTimer !== null) clearTimeout(this.#groupTimer);
    this.#groupTimer = null;
    if (this.#gathered.length === 0 || this.#failure !== null) return;
    const parts = this.#gathered;
    this.#gathered = [];
    this.#gatheredRows = 0;
    this.#groups += 1;
    const before = new Map(parts.map((part) => [part, bytesOf(part)]));
    const prepared = this.#steps.prepare(parts);
    this.#order = Promise.all([prepared, this.#order]).then(
      () => {
        this.#groups -= 1;
        for (const part of parts) {
          const waiting = { part, rows: rowsOf(part), bytes: bytesOf(part) };
          this.#ready.push(waiting);
          this.#readyRows += waiting.rows;
          this.#readyBytes += waiting.bytes;
          this.#bytes += waiting.bytes - (before.get(part) ?? 0);
        }
        if (this.#abandoned || this.#failure !== null) return;
        if (this.#isWorthWhile()) this.#start();
        else
          this.#timer ??= setTimeout(() => {
            this.#timer = null;
            this.#start();
          }, this.#limits.maxWaitMs);
      },
      (error: unknown) => {
        this.#groups -= 1;
        this.#fail(error);
      },
    );
  }

  #isWorthWhile(): boolean {
    return this.#readyRows >= this.#limits.batchRows || this.#readyBytes >= this.#limits.batchBytes;
  }

  #start(): void {
    if (this.#writing !== null || this.#ready.length === 0 || this.#failure !== null) return;
    this.#writing = this.#steps.commit(this.#take()).then(
      () => {
        this.#writing = null;
        if (this.#isWorthWhile()) this.#start();
      },
      (error: unknown) => {
        this.#writing = null;
        this.#fail(error);
      },
    );
  }

  #take(): RepositoryPart[] {
    let rows = 0;
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#ready) {
      if (count > 0 && (rows > this.#limits.batchRows * 2 || bytes > this.#limits.batchBytes * 2)) break;
      rows += waiting.rows;
      bytes += waiting.bytes;
      count += 1;
    }
    this.#readyRows -= rows;
    this.#readyBytes -= bytes;
    this.#rows -= rows;
    this.#bytes -= bytes;
    return this.#ready.splice(0, count).map(({ part }) => part);
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#steps.onFailure(error);
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}

function rowsOf(part: RepositoryPart): number {
  return 1 + part.tags.length + part.manifests.length * 2;
}

function bytesOf(part: RepositoryPart): number {
  let bytes = 0;
  for (const { sizeBytes } of part.manifests) bytes += sizeBytes;
  for (const { body } of part.configs) bytes += body.length;
  return bytes;
}
