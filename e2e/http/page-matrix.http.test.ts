import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleUnderTest, listConsoles } from "./console-under-test.ts";
import { canRead, expectVerdict } from "./expect-verdict.ts";
import type { Identity } from "./identities.ts";
import { type PageEntry, pages } from "./pages.ts";
import { sendRequest } from "./send-request.ts";
import { openIdentities, openStage, type Stage } from "./stage.ts";

let stage: Stage;
let identities: Identity[];

beforeAll(async () => {
  stage = await openStage();
  identities = await openIdentities(stage);
});
afterAll(() => stage.close());

// As a browser asks for a page, for its data, and for what it prefetches.
const ways: Record<string, Record<string, string>> = {
  "the page": {},
  "its data": { rsc: "1" },
  "one segment of it": {
    rsc: "1",
    "next-router-state-tree": encodeURIComponent(
      JSON.stringify(["", { children: ["(console)", { children: ["__PAGE__", {}, null, "refetch"] }] }]),
    ),
  },
  "its prefetch": { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_full" },
};

describe.each(listConsoles())("W1: pages $name", (console) => {
  describe.each(Object.entries(ways))("%s", (_way, headers) => {
    it.each(pages.map((page) => [page.address, page] as const))(
      "%s",
      { timeout: 120_000 },
      async (_address, page) => {
        const problems: string[] = [];
        for (const identity of identities) problems.push(...(await judge(console, page, identity, headers)));
        expect(problems).toEqual([]);
      },
    );
  });
});

async function judge(
  console: ConsoleUnderTest,
  page: PageEntry,
  identity: Identity,
  headers: Record<string, string>,
): Promise<string[]> {
  const path = page.path(stage);
  let answer = await sendRequest(console, { path, headers: { ...identity.headers, ...headers } });
  const location = answer.headers.location ?? "";
  if (answer.status === 307 && /[?&]_rsc(=|&|$)/.test(location) && location.startsWith(path))
    answer = await sendRequest(console, { path: location, headers: { ...identity.headers, ...headers } });
  const problems: string[] = [];
  const to = answer.headers.location ?? "";
  const data = "rsc" in headers;
  if (answer.status >= 500) problems.push(`${answer.status}`);
  if (!page.open && !identity.authenticated) {
    const sentAway = [303, 307].includes(answer.status) && /\/sign-in(\?|$)/.test(to);
    // In its data a page sends away by a word in the stream.
    const sentAwayByData =
      data &&
      (answer.text.includes("NEXT_REDIRECT") ||
        answer.text === "" ||
        [303, 307, 404].includes(answer.status));
    // A prefetch of a page without a loading state is the tree of its layouts: nothing of the page is rendered.
    const treeAlone =
      "next-router-prefetch" in headers && answer.status === 200 && answer.text.length < 2_000;
    if (!sentAway && !sentAwayByData && !treeAlone)
      problems.push(`nobody is answered ${answer.status} ${to}`);
    if (mentions(answer.text, [stage.alpha.mark, stage.beta.mark, stage.alpha.slug], path))
      problems.push("nobody is told something");
  }
  if (identity.authenticated && page.hidden && !data) {
    const verdict = expectVerdict(page.hidden.access, page.hidden.target(stage), identity);
    // Once the frame of a page is on its way, "not found" is said in the stream.
    const notFound = answer.status === 404 || answer.text.includes("NEXT_HTTP_ERROR_FALLBACK;404");
    const found = answer.status === 200 && !notFound;
    // Who may do nothing of the kind may be told so by a page; what it must not hold is looked for below.
    if (verdict !== 403 && found !== (verdict === "permitted"))
      problems.push(`${answer.status}, expected ${verdict}`);
  }
  const unseen = [stage.alpha, stage.beta].flatMap((tenant) =>
    tenant.repositories
      .filter((one) => !canRead(identity, tenant, one))
      .flatMap((one) => [one.name, ...one.digests, one.configDigest]),
  );
  if (mentions(answer.text, unseen, path))
    problems.push(`W2: names ${unseen.filter((word) => mentions(answer.text, [word], path))}`);
  return problems.map((problem) => `${identity.name}: ${path}: ${problem}`);
}

/** Whether the text has one of the words, other than by repeating the address. */
function mentions(text: string, words: readonly string[], path: string): boolean {
  const asked = decodeURIComponent(path);
  return words.some((word) => text.includes(word) && !asked.includes(word));
}
