import { Pool } from "undici";
import { largeRepositoryName } from "./fixtures/names.ts";
import { movingTag, seededRegistry } from "./fixtures/seed-inventory.ts";
import type { BenchConsole } from "./harness/bench-stack.ts";

/** One question to the API; a last page has a first one beside it. */
export interface Question {
  name: string;
  path: string;
  /** The same list at its first page, for those at the last. */
  first?: string;
}

interface Answer {
  items: unknown[];
  nextCursor: string | null;
}

const pageSize = 50;

/** What the bench asks; the last pages are found by walking there with the cursors. */
export async function prepareQuestions(site: BenchConsole): Promise<Question[]> {
  const byName = { registry: seededRegistry, sort: "name" };
  const tags = { registry: seededRegistry, repository: largeRepositoryName, sort: "-pushedAt" };
  const history = { registry: seededRegistry, repository: largeRepositoryName };
  const list = (path: string, query: Record<string, string>) =>
    `${path}?${new URLSearchParams({ limit: String(pageSize), ...query })}`;
  const deep = async (path: string, query: Record<string, string>) =>
    list(path, { ...query, cursor: await walkToLastPage(site, path, query) });
  const repositories = "/api/v1/repositories";
  return [
    { name: "repositories, newest push first", path: list(repositories, { sort: "-lastPushedAt" }) },
    { name: "repositories by name", path: list(repositories, byName) },
    {
      name: "repositories by name, last page",
      path: await deep(repositories, byName),
      first: "repositories by name",
    },
    {
      name: "repositories with svc-0042",
      path: list(repositories, { q: "svc-0042", sort: "-lastPushedAt" }),
    },
    { name: "search svc-0042", path: "/api/v1/search?q=svc-0042" },
    { name: "search a tag, v3.1", path: "/api/v1/search?q=v3.1" },
    { name: "tags of the large repository", path: list("/api/v1/tags", tags) },
    {
      name: "tags of the large repository, last page",
      path: await deep("/api/v1/tags", tags),
      first: "tags of the large repository",
    },
    { name: "history of one tag", path: list("/api/v1/tag-history", { ...history, tag: movingTag }) },
    { name: "history of the large repository", path: list("/api/v1/tag-history", history) },
    {
      name: "history of the large repository, last page",
      path: await deep("/api/v1/tag-history", history),
      first: "history of the large repository",
    },
  ];
}

/** The cursor of the last page that is full or nearly so: through large pages first, then through small ones. */
async function walkToLastPage(
  site: BenchConsole,
  path: string,
  query: Record<string, string>,
): Promise<string> {
  let cursor = "";
  let before = "";
  for (const limit of [500, pageSize]) {
    cursor = before;
    for (;;) {
      const search = new URLSearchParams({ ...query, limit: String(limit), ...(cursor ? { cursor } : {}) });
      const response = await fetch(`${site.url}${path}?${search}`, { headers: authorize(site) });
      if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
      const { nextCursor } = (await response.json()) as Answer;
      if (nextCursor === null) break;
      before = cursor;
      cursor = nextCursor;
    }
    // The small pages begin one large page earlier, the last one is where they end.
    if (limit === pageSize) before = cursor;
  }
  return before;
}

function authorize(site: BenchConsole) {
  return { authorization: `Bearer ${site.apiKey}` };
}

/** Asks so many times over so many connections, and returns what each answer took. */
export async function askMany(
  site: BenchConsole,
  path: string,
  options: { connections: number; times: number },
): Promise<number[]> {
  const pool = new Pool(site.url, { connections: options.connections, pipelining: 1 });
  const times: number[] = [];
  let left = options.times;
  const ask = async () => {
    const begin = performance.now();
    const { statusCode, body } = await pool.request({ method: "GET", path, headers: authorize(site) });
    const bytes = await body.arrayBuffer();
    times.push(performance.now() - begin);
    if (statusCode !== 200)
      throw new Error(`${path} answers ${statusCode}: ${Buffer.from(bytes).toString("utf8", 0, 300)}`);
  };
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await ask();
    }
  };
  try {
    await Promise.all(Array.from({ length: options.connections }, lane));
  } finally {
    await pool.close();
  }
  return times;
}
