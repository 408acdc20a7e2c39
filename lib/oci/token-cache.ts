export type TokenKey = {
  registry: string;
  realm: string;
  service: string | null;
  /** Canonical: sorted, one entry a resource. */
  scopes: readonly string[];
  identity: readonly string[];
};

export type CachedToken = { header: string; fetchedAtMs: number; renewAtMs: number };

/** JSON keeps apart what any other joining could confuse. */
export function tokenCacheKey(key: TokenKey): string {
  return JSON.stringify([key.registry, key.realm, key.service, key.scopes, key.identity]);
}

/** Tokens until shortly before they expire; the oldest go first when it is full. */
export class TokenCache {
  readonly #tokens = new Map<string, CachedToken>();
  readonly #maxEntries: number;

  constructor(maxEntries = 2_000) {
    this.#maxEntries = maxEntries;
  }

  find(key: string, nowMs: number): CachedToken | null {
    const token = this.#tokens.get(key);
    if (token === undefined) return null;
    if (nowMs < token.renewAtMs) return token;
    this.#tokens.delete(key);
    return null;
  }

  set(key: string, token: CachedToken): void {
    this.#tokens.delete(key);
    this.#tokens.set(key, token);
    for (const oldest of this.#tokens.keys()) {
      if (this.#tokens.size <= this.#maxEntries) break;
      this.#tokens.delete(oldest);
    }
  }

  forget(key: string): void {
    this.#tokens.delete(key);
  }
}
