import { createHash } from "node:crypto";

interface Window {
  failures: number;
  endsAtMs: number;
}

const windowMs = 60_000;
const accountFailures = 20;
const addressFailures = 100;
const maxKept = 20_000;

/**
 * Counts wrong credentials by name and by address. It is asked only after they were found wrong, so that whoever has
 * the right ones always passes, however many wrong ones others send in the same name or from the same address. Kept
 * for one process: guessing 256 random bits gains nothing from a second one.
 */
export class GuessLimiter {
  #young = new Map<string, Window>();
  #old = new Map<string, Window>();

  /** Counts one failure; returns for how many seconds to wait where there were too many, or null. */
  fail(account: string | null, address: string | null, nowMs: number): number | null {
    const waits = [
      account === null ? null : this.#count(accountKey(account), accountFailures, nowMs),
      this.#count(addressKey(address), addressFailures, nowMs),
    ].filter((wait) => wait !== null);
    return waits.length === 0 ? null : Math.max(...waits);
  }

  /** Whether there were too many failures already; counts nothing. */
  isOver(account: string, address: string | null, nowMs: number): boolean {
    return (
      this.#failures(accountKey(account), nowMs) >= accountFailures ||
      this.#failures(addressKey(address), nowMs) >= addressFailures
    );
  }

  #failures(key: string, nowMs: number): number {
    const window = this.#young.get(key) ?? this.#old.get(key);
    return window === undefined || window.endsAtMs <= nowMs ? 0 : window.failures;
  }

  #count(key: string, limit: number, nowMs: number): number | null {
    let window = this.#young.get(key) ?? this.#old.get(key);
    if (window === undefined || window.endsAtMs <= nowMs)
      window = { failures: 0, endsAtMs: nowMs + windowMs };
    this.#young.set(key, window);
    // What was not counted lately goes first: a flood of made-up names must not fill the memory.
    if (this.#young.size >= maxKept / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    window.failures += 1;
    return window.failures > limit ? Math.max(1, Math.ceil((window.endsAtMs - nowMs) / 1000)) : null;
  }
}

/** People type secrets into the wrong field: none is kept, not even here. */
function accountKey(account: string): string {
  return `account ${createHash("sha256").update(account).digest("base64url")}`;
}

function addressKey(address: string | null): string {
  return `address ${address ?? ""}`;
}
