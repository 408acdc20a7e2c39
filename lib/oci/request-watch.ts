/** A request under way that can be ended from outside. */
export interface Watched {
  /** By performance.now(). */
  deadlineAt: number;
  onDeadline(): void;
  onAbort(): void;
}

/**
 * Ends requests at their deadlines and when their signals fire, with one timer for all requests of the same patience
 * and one listener for all of the same signal: a timer and a listener each would cost more than reading the answer.
 */
export class RequestWatch {
  readonly #byPatience = new Map<number, { waiting: Set<Watched>; timer: NodeJS.Timeout | null }>();
  readonly #bySignal = new Map<AbortSignal, { waiting: Set<Watched>; listener: () => void }>();

  startDeadline(request: Watched, patienceMs: number): void {
    let group = this.#byPatience.get(patienceMs);
    if (group === undefined) {
      group = { waiting: new Set(), timer: null };
      this.#byPatience.set(patienceMs, group);
    }
    request.deadlineAt = performance.now() + patienceMs;
    group.waiting.add(request);
    if (group.timer === null) this.#arm(patienceMs, patienceMs);
  }

  stopDeadline(request: Watched, patienceMs: number): void {
    this.#byPatience.get(patienceMs)?.waiting.delete(request);
  }

  startSignal(request: Watched, signal: AbortSignal): void {
    let group = this.#bySignal.get(signal);
    if (group === undefined) {
      const waiting = new Set<Watched>();
      const listener = () => {
        this.#bySignal.delete(signal);
        for (const one of [...waiting]) one.onAbort();
      };
      group = { waiting, listener };
      this.#bySignal.set(signal, group);
      signal.addEventListener("abort", listener, { once: true });
    }
    group.waiting.add(request);
  }

  stopSignal(request: Watched, signal: AbortSignal): void {
    const group = this.#bySignal.get(signal);
    if (group === undefined || !group.waiting.delete(request) || group.waiting.size > 0) return;
    this.#bySignal.delete(signal);
    signal.removeEventListener("abort", group.listener);
  }

  #arm(patienceMs: number, delayMs: number): void {
    const group = this.#byPatience.get(patienceMs);
    if (group === undefined) return;
    group.timer = setTimeout(() => this.#look(patienceMs), Math.max(1, delayMs));
    group.timer.unref();
  }

  /** Whoever began first is due first, as all of a group have the same patience. */
  #look(patienceMs: number): void {
    const group = this.#byPatience.get(patienceMs);
    if (group === undefined) return;
    group.timer = null;
    for (const request of [...group.waiting]) {
      const left = request.deadlineAt - performance.now();
      if (left > 0) {
        this.#arm(patienceMs, left);
        return;
      }
      group.waiting.delete(request);
      request.onDeadline();
    }
    if (group.waiting.size === 0) this.#byPatience.delete(patienceMs);
  }
}
