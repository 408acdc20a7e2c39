import { isRegistryError } from "#lib/oci/errors";
import { findNextLink } from "#lib/oci/link";
import type { Session } from "#lib/oci/session";
import type { TransportResponse } from "#lib/oci/transport";

/** Why a list is known not to be whole. Null means the registry said that this was the end. */
export type Incomplete = null | "foreign-link" | "loop" | "no-progress" | "page-cap" | "entry-cap";

/**
 * Follows `Link: rel="next"` on one registry. Another host, a page that was there already and a registry that
 * never ends all stop the list; what was read until then stands, marked incomplete.
 */
export class Pager {
  readonly #session: Session;
  readonly #maxPages: number;
  readonly #seen = new Set<string>();
  #lastEntry: string | null = null;
  #pages = 0;

  constructor(session: Session, maxPages: number) {
    this.#session = session;
    this.#maxPages = maxPages;
  }

  /** Where to go on after this page. */
  next(
    answer: TransportResponse,
    currentPath: string,
    entries: readonly string[],
  ): { path: string | null; incomplete: Incomplete } {
    this.#pages += 1;
    this.#seen.add(currentPath);
    const link = findNextLink(answer.headers.link);
    if (link === null) return { path: null, incomplete: null };
    let path: string;
    try {
      path = this.#session.ownPath(link, currentPath, "the next page of a list");
    } catch (error) {
      if (isRegistryError(error, "address-refused")) return { path: null, incomplete: "foreign-link" };
      throw error;
    }
    if (this.#seen.has(path)) return { path: null, incomplete: "loop" };
    const lastEntry = entries.at(-1) ?? null;
    if (lastEntry === null || lastEntry === this.#lastEntry) return { path: null, incomplete: "no-progress" };
    if (this.#pages >= this.#maxPages) return { path: null, incomplete: "page-cap" };
    this.#lastEntry = lastEntry;
    return { path, incomplete: null };
  }
}
