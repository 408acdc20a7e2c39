/** A stretch of time, in milliseconds, with a name that decides between equally near ones. */
export interface Span {
  first: number;
  last: number;
  name: string;
}

interface Shelf<T> {
  spans: T[];
  /** At each place, the span up to it that lasts longest; null until the spans are in order. */
  longest: T[] | null;
}

/** Spans by key, to be asked for the nearest in time without walking over all of them. */
export class TimeShelf<T extends Span> {
  readonly #shelves = new Map<string, Shelf<T>>();

  add(key: string, span: T): void {
    const shelf = this.#shelves.get(key);
    if (shelf === undefined) this.#shelves.set(key, { spans: [span], longest: null });
    else {
      shelf.spans.push(span);
      shelf.longest = null;
    }
  }

  /** The span under the key that is nearest, of those at most `window` away; of equally near ones by its beginning. */
  findNearest(key: string, to: Pick<Span, "first" | "last">, window: number): T | null {
    const shelf = this.#open(key);
    if (shelf === null) return null;
    const { spans, longest } = shelf;
    const after = countBefore(spans, to.first + 1, beginOf);
    const before = spans[after - 1];
    const candidates = [
      before && spans[countBefore(spans, before.first, beginOf)],
      longest[after - 1],
      spans[after],
    ].filter((span) => span !== undefined && measureGap(span, to) <= window);
    let best: T | null = null;
    for (const span of candidates) if (span && (best === null || isNearer(span, best, to))) best = span;
    return best;
  }

  /** The last span under the key that began before, at most `window` ago. */
  findBefore(key: string, at: number, window: number): T | null {
    const shelf = this.#open(key);
    const found = shelf?.spans[countBefore(shelf.spans, at, beginOf) - 1];
    return found !== undefined && at - found.last <= window ? found : null;
  }

  hasWithin(key: string, from: number, to: number): boolean {
    const shelf = this.#open(key);
    const longest = shelf?.longest[countBefore(shelf.spans, to + 1, beginOf) - 1];
    return longest !== undefined && longest.last >= from;
  }

  #open(key: string): { spans: T[]; longest: T[] } | null {
    const shelf = this.#shelves.get(key);
    if (shelf === undefined) return null;
    if (shelf.longest === null) {
      shelf.spans.sort((a, b) => a.first - b.first || compareText(a.name, b.name));
      let longest: T | undefined;
      shelf.longest = shelf.spans.map((span) => {
        if (longest === undefined || span.last > longest.last) longest = span;
        return longest;
      });
    }
    return { spans: shelf.spans, longest: shelf.longest };
  }
}

export function measureGap(a: Pick<Span, "first" | "last">, b: Pick<Span, "first" | "last">): number {
  return Math.max(0, a.first - b.last, b.first - a.last);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isNearer(span: Span, best: Span, to: Pick<Span, "first" | "last">): boolean {
  const gap = measureGap(span, to) - measureGap(best, to);
  const difference = gap || Math.abs(span.first - to.first) - Math.abs(best.first - to.first);
  return difference < 0 || (difference === 0 && span.name < best.name);
}

/** How many of what is in the order of time are before a moment. */
export function countBefore<T>(items: readonly T[], at: number, timeOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && timeOf(item) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function beginOf(span: Span): number {
  return span.first;
}
