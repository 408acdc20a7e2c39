/**
 * How far a run has come through its names in their order: the cursor is the last name up to which everything is
 * done, however the repositories finish among themselves.
 */
export class CrawlCursor {
  readonly #names: readonly string[];
  readonly #finished = new Set<string>();
  #position: number;
  #ahead = 0;

  constructor(sortedNames: readonly string[], cursor: string) {
    this.#names = sortedNames;
    const first = sortedNames.findIndex((name) => name > cursor);
    this.#position = first === -1 ? sortedNames.length : first;
  }

  remaining(): string[] {
    return this.#names.slice(this.#position);
  }

  /** Repositories finished, also those beyond the cursor. */
  get done(): number {
    return this.#position + this.#ahead;
  }

  finish(name: string): void {
    if (this.#finished.has(name)) return;
    this.#finished.add(name);
    this.#ahead += 1;
    for (;;) {
      const next = this.#names[this.#position];
      if (next === undefined || !this.#finished.delete(next)) return;
      this.#position += 1;
      this.#ahead -= 1;
    }
  }

  /** Where the cursor would stand once these are finished too. */
  after(names: readonly string[]): string {
    const more = new Set(names);
    let position = this.#position;
    for (;;) {
      const next = this.#names[position];
      if (next === undefined || !(this.#finished.has(next) || more.has(next))) break;
      position += 1;
    }
    return position === 0 ? "" : (this.#names[position - 1] ?? "");
  }
}
