export type BreakerOptions = {
  /** Failures in a row that open the breaker. */
  threshold: number;
  coolDownMs: number;
  maxCoolDownMs: number;
  now: () => number;
};

/**
 * Keeps a failing registry from being stormed. After several failures in a row nothing is sent for a while; then
 * one request tries, and its outcome decides. A registry that asks for patience is left alone by all requests.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  #openings = 0;
  #openUntil = 0;
  #trying = false;
  #quietUntil = 0;

  constructor(options: Partial<BreakerOptions> = {}) {
    this.#options = {
      threshold: 12,
      coolDownMs: 2_000,
      maxCoolDownMs: 60_000,
      now: () => performance.now(),
      ...options,
    };
  }

  /** 0 if a request may go now, else for how long the breaker stays open. */
  get openForMs(): number {
    if (this.#openUntil === 0) return 0;
    const left = this.#openUntil - this.#options.now();
    if (left > 0) return left;
    return this.#trying ? this.#options.coolDownMs : 0;
  }

  /** How long the registry itself asked to be left alone. */
  get quietForMs(): number {
    return this.#quietUntil === 0 ? 0 : Math.max(0, this.#quietUntil - this.#options.now());
  }

  /** Call when a request goes out: while the breaker is half open only one may. */
  started(): void {
    if (this.#openUntil !== 0) this.#trying = true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openings = 0;
    this.#openUntil = 0;
    this.#quietUntil = 0;
    this.#trying = false;
  }

  failed(): void {
    this.#failures += 1;
    if (this.#failures < this.#options.threshold && !this.#trying) return;
    const step = this.#options.coolDownMs * 2 ** Math.min(this.#openings, 10);
    this.#openUntil = this.#options.now() + Math.min(step, this.#options.maxCoolDownMs);
    this.#openings += 1;
    this.#failures = 0;
    this.#trying = false;
  }

  /** Neither good nor bad, such as a request that its caller stopped. */
  abandoned(): void {
    this.#trying = false;
  }

  beQuiet(forMs: number): void {
    this.#quietUntil = Math.max(this.#quietUntil, this.#options.now() + forMs);
  }
}
