import { isRegistryError, RegistryError } from "#lib/oci/errors";
import { parseJsonObject, textListField } from "#lib/oci/json-fields";
import { type Incomplete, Pager } from "#lib/oci/paging";
import type { CallOptions } from "#lib/oci/ping";
import { isRepositoryName } from "#lib/oci/reference";
import { catalogScope } from "#lib/oci/scope";
import type { Session } from "#lib/oci/session";
import type { TransportResponse } from "#lib/oci/transport";

export type CatalogPage = {
  repositories: string[];
  /** Names that break the grammar of repository names: counted, not handed on. */
  invalidNames: number;
  /** On the last page: why the catalogue may lack repositories, or null if it is whole. */
  incomplete: Incomplete;
};

export type CatalogOptions = CallOptions & {
  maxPages?: number;
  maxRepositories?: number;
  pageSizes?: readonly (number | null)[];
  /** Registries on object storage need a minute and more for one page. */
  pageDeadlineMs?: number;
};

const maxPageBytes = 64 * 1024 * 1024;
const what = "The catalogue";
/** A registry walks its storage anew for every page, so the fewest pages are the fastest. */
const defaultPageSizes = [100_000, 10_000, 1_000, 100, null];

/**
 * Reads the catalogue page by page. Asks for very large pages first and steps down when the registry refuses
 * the size or does not answer in time. Throws `unsupported`, `not-found` or `denied` where there is none for us.
 */
export async function* listCatalog(
  session: Session,
  options: CatalogOptions = {},
): AsyncGenerator<CatalogPage> {
  const pager = new Pager(session, options.maxPages ?? 20_000);
  const maxRepositories = options.maxRepositories ?? 2_000_000;
  let { answer, path } = await firstPage(session, options);
  let total = 0;
  for (;;) {
    const limits = { maxBytes: maxPageBytes, maxDepth: 8, maxValues: 1_000_000 };
    const names = textListField(parseJsonObject(answer.body, what, limits), "repositories", what, 1_000_000);
    const repositories = names.filter(isRepositoryName);
    total += repositories.length;
    const invalidNames = names.length - repositories.length;
    const next = pager.next(answer, path, names);
    if (next.path !== null && total >= maxRepositories) {
      yield { repositories, invalidNames, incomplete: "entry-cap" };
      return;
    }
    yield { repositories, invalidNames, incomplete: next.incomplete };
    if (next.path === null) return;
    path = next.path;
    answer = await getPage(session, path, options);
    if (answer.status !== 200) throw session.errorOf(answer, "the catalogue");
  }
}

async function firstPage(
  session: Session,
  options: CatalogOptions,
): Promise<{ answer: TransportResponse; path: string }> {
  let problem = new RegistryError("invalid-request", "No page size was given.", { field: "pageSizes" });
  for (const size of options.pageSizes ?? defaultPageSizes) {
    const path = size === null ? "/v2/_catalog" : `/v2/_catalog?n=${size}`;
    try {
      const answer = await getPage(session, path, options, size !== null && size > 1_000);
      if (answer.status === 200) return { answer, path };
      problem = session.errorOf(answer, "the catalogue");
      if (answer.status !== 400 && answer.status !== 416 && answer.status !== 422) throw problem;
    } catch (error) {
      if (!isRegistryError(error, "timeout", "too-large")) throw error;
      problem = error;
    }
  }
  throw problem;
}

function getPage(
  session: Session,
  path: string,
  options: CatalogOptions,
  isAttempt = false,
): Promise<TransportResponse> {
  return session.send({
    method: "GET",
    path,
    scopes: [catalogScope],
    maxBytes: maxPageBytes,
    deadlineMs: options.pageDeadlineMs ?? 120_000,
    signal: options.signal,
    retry: isAttempt ? "deferred" : "always",
  });
}
