import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listRouteDefinitions } from "#lib/openapi/route-table";
import { type ConsoleUnderTest, listConsoles } from "./console-under-test.ts";
import { createSignedIn } from "./identities.ts";
import { pages } from "./pages.ts";
import { formatQuery, readJson, sendRequest, type TestAnswer, type TestRequest } from "./send-request.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
/** May see `team-a/*` of alpha, and nothing else. */
let cookie: string;

beforeAll(async () => {
  stage = await openStage();
  const held = [{ role: "viewer" as const, registryId: stage.alpha.id, pattern: "team-a/*" }];
  const { jar } = await createSignedIn(stage.database, stage.console, stage.origin, held);
  cookie = jar.format();
});
afterAll(() => stage.close());

const headerTricks: Record<string, string>[] = [
  { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" },
  { "x-middleware-subrequest": "src/middleware:src/middleware:src/middleware:src/middleware:src/middleware" },
  { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
  { "x-middleware-rewrite": "/api/health" },
  { "x-middleware-next": "1" },
  { "x-middleware-override-headers": "authorization", "x-middleware-request-authorization": "Bearer x" },
  { "x-nextjs-data": "1" },
  { "x-nextjs-rewritten-path": "/api/health" },
  { rsc: "1" },
  { rsc: "1", "next-router-prefetch": "1" },
  { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
  { rsc: "1", "next-router-prefetch": "2", "next-router-segment-prefetch": "/_full" },
  { rsc: "1", "next-router-state-tree": encodeURIComponent('["",{"children":["__PAGE__",{}]},null,null]') },
  { rsc: "1", "next-router-state-tree": "%5B%22" },
  { "next-url": "/sign-in" },
  { "next-resume": "1", "x-nextjs-postponed": "1" },
  { "x-matched-path": "/api/health" },
  { "x-invoke-path": "/api/health", "x-invoke-status": "200" },
  { "x-now-route-matches": "nxtPslug=beta" },
  { "x-prerender-revalidate": "1", "x-prerender-revalidate-if-generated": "1" },
  { "x-original-url": "/api/health", "x-rewrite-url": "/api/health" },
  { "x-http-method-override": "GET", "x-method-override": "GET" },
  { "x-wharfinger-edge": "guess", "x-wharfinger-address": "127.0.0.1" },
  {
    "x-wharfinger-principal": "admin",
    "x-wharfinger-user": "admin",
    "x-user": "admin",
    "remote-user": "admin",
  },
  { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", forwarded: "host=evil.example" },
  { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", "cf-connecting-ip": "127.0.0.1" },
  { "content-security-policy": "default-src *", "x-nonce": "guess" },
  { purpose: "prefetch", "sec-purpose": "prefetch" },
];

const pathTricks: ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.replace("/api/", "/api//"),
  (path) => path.replace("/v1/", "/v1/./"),
  (path) => path.replace("/v1/", "/v1/x/../"),
  (path) => path.replace("/v1/", "/%2e/v1/"),
  (path) => path.replace("/v1/", "/v1/%2e%2e/v1/"),
  (path) => path.replace("/v1/", "%2fv1%2f"),
  (path) => path.replace("/v1/", "%5cv1%5c"),
  (path) => path.replace("/v1/", "\\v1\\"),
  (path) => path.replace("/v1/", "/v1%252f"),
  (path) => path.replace("/api/", "/API/"),
  (path) => `/en${path}`,
  (path) => `/_next/data/build${path}.json`,
  (path) => `${path}.rsc`,
  (path) => `${path}.json`,
  (path) => `${path}.segments/_tree.segment.rsc`,
  (path) => `${path};x=1`,
  (path) => `${path}%00`,
  (path) => `${path}%0d%0ax: y`.replace(" ", "%20"),
  (path) => `/api/health/..${path}`,
  (path) => `/api/health%2f..${path.replaceAll("/", "%2f")}`,
  (path) => `/_next/image?url=${encodeURIComponent(path)}&w=640&q=75`,
  (path) => `/_next/static/..${path}`,
];

/** Reading operations without parameters in the path, and what to ask them about the hidden repository. */
function listReads(): { path: string; query: string }[] {
  const { alpha } = stage;
  const hidden = alpha.repositories[1];
  const query = formatQuery({ registry: alpha.slug, repository: hidden.name });
  return listRouteDefinitions()
    .filter(({ method, path, access }) => method === "GET" && access !== "public" && !path.includes("{"))
    .map(({ path }) => ({ path, query: path.includes("repositor") || path.includes("tag") ? query : "" }));
}

/** Next sends a request with the header RSC on to the same address with a parameter; nowhere else. */
async function follow(console: ConsoleUnderTest, request: TestRequest): Promise<TestAnswer> {
  const answer = await sendRequest(console, request);
  const location = answer.headers.location ?? "";
  if (answer.status !== 307 || !/[?&]_rsc(=|&|$)/.test(location)) return answer;
  expect(location.split("?")[0]).toBe(request.path.split("?")[0]);
  return sendRequest(console, { ...request, path: location });
}

/** Whether the answer holds something that only the hidden repository has, other than by repeating the address. */
function leaks(answer: TestAnswer, path = ""): boolean {
  const hidden = stage.alpha.repositories[1];
  const words = [...hidden.digests, hidden.configDigest, hidden.layerDigest, stage.beta.mark];
  const asked = decodeURIComponent(path);
  return words.some((word) => answer.text.includes(word) && !asked.includes(word));
}

describe.each(listConsoles())("W4 $name", (console) => {
  it.each(headerTricks)("a header makes no difference: %o", async (headers) => {
    const problems: string[] = [];
    for (const { path, query } of listReads()) {
      const asNobody = await follow(console, { path: path + query, headers });
      if (asNobody.status !== 401) problems.push(`nobody: ${path}: ${asNobody.status}`);
      const plain = await sendRequest(console, { path: path + query, headers: { cookie } });
      const tricked = await follow(console, { path: path + query, headers: { ...headers, cookie } });
      // The parameter that Next adds is one that the route does not know.
      const same = tricked.status === plain.status || ("rsc" in headers && tricked.status === 400);
      if (!same) problems.push(`viewer: ${path}: ${plain.status} became ${tricked.status}`);
      if (leaks(asNobody) || leaks(tricked)) problems.push(`${path}: leaks`);
    }
    expect(problems).toEqual([]);
  });

  it.each(headerTricks)("nobody sees a page with %o", async (headers) => {
    const problems: string[] = [];
    for (const page of pages.filter(({ open }) => !open)) {
      const answer = await sendRequest(console, { path: page.path(stage), headers });
      const refused = answer.status === 307 || answer.status === 303 || answer.status === 404;
      // A prefetch may be answered by the frame of the page, or by nothing: never by what stands on it.
      const empty = "rsc" in headers && [200, 204].includes(answer.status);
      if (!refused && !empty) problems.push(`${page.address}: ${answer.status}`);
      if (leaks(answer, page.path(stage))) problems.push(`${page.address}: leaks`);
      if (/evil\.example/.test(answer.headers.location ?? ""))
        problems.push(`${page.address}: leads elsewhere`);
    }
    expect(problems).toEqual([]);
  });

  it("another spelling of an address never opens it", { timeout: 120_000 }, async () => {
    const problems: string[] = [];
    for (const { path, query } of listReads()) {
      for (const trick of pathTricks) {
        const spelled = trick(path);
        for (const headers of [{}, { cookie }, { cookie, rsc: "1" }]) {
          const answer = await sendRequest(console, {
            path: spelled + (spelled.includes("?") ? "" : query),
            headers,
          });
          if (leaks(answer)) problems.push(`${spelled}: leaks`);
          if (!("cookie" in headers) && answer.status < 300)
            problems.push(`nobody: ${spelled}: ${answer.status}`);
          if (answer.status >= 500) problems.push(`${spelled}: ${answer.status}`);
        }
      }
    }
    expect(problems).toEqual([]);
  });

  it("parameters of the path are not taken from the query", async () => {
    const { alpha, beta } = stage;
    for (const name of ["nxtPslug", "slug", "nxtIslug", "__nextLocale", "nxtP_slug"]) {
      const path = `/api/v1/registries/${alpha.slug}?${name}=${beta.slug}`;
      const answer = await sendRequest(console, { path, headers: { cookie } });
      expect(answer.text, name).not.toContain(beta.mark);
      expect([200, 400], name).toContain(answer.status);
    }
  });

  it("a method that a route does not have is refused", async () => {
    for (const { path } of listReads()) {
      for (const method of ["PUT", "PROPFIND", "SEARCH", ...(console.entry ? ["TRACE", "CONNECT"] : [])]) {
        const answer = await sendRequest(console, {
          path,
          method,
          headers: { cookie, origin: stage.origin },
        }).catch(() => null);
        expect([null, 400, 404, 405, 501], `${method} ${path}`).toContain(answer?.status ?? null);
      }
      const head = await sendRequest(console, { path, method: "HEAD" });
      expect([401, 405], `HEAD ${path}`).toContain(head.status);
    }
  });

  it("an address that no route serves is a problem, the same for everybody", async () => {
    const paths = [
      "/api/v1/nothing",
      "/api/v1/tags/nothing",
      "/api/v2/tags",
      "/api/nothing",
      "/api/v1/tags.json",
    ];
    for (const path of paths) {
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
        for (const headers of [{}, { cookie, origin: stage.origin }]) {
          const answer = await sendRequest(console, { path, method, headers });
          const at = `${method} ${path}`;
          expect(answer.status, at).toBe(404);
          expect(answer.headers["content-type"], at).toBe("application/problem+json");
          expect(answer.headers["cache-control"], at).toMatch(/no-store/);
          const { requestId, ...problem } = readJson(answer);
          expect(problem, at).toMatchObject({ status: 404, code: "not-found" });
          expect(answer.headers["x-request-id"], at).toBe(requestId);
        }
      }
    }
  });

  // Next alone answers such a method with an empty page of its own.
  if (console.entry)
    it("a method that an address does not take is a problem that names those it takes", async () => {
      const byPath = Map.groupBy(listRouteDefinitions(), (definition) => definition.path);
      for (const [path, definitions] of byPath) {
        const taken = definitions.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
        const other = ["PUT", "PATCH", "DELETE", "POST", "GET", "PROPFIND"].filter(
          (one) => !taken.includes(one),
        );
        for (const method of other) {
          const at = `${method} ${path}`;
          const answer = await sendRequest(console, {
            path: path.replace(/\{\w+\}/g, "x"),
            method,
            headers: { cookie, origin: stage.origin },
          });
          expect(answer.status, at).toBe(405);
          expect(answer.headers.allow?.split(", ").toSorted(), at).toEqual([...taken, "OPTIONS"].toSorted());
          expect(answer.headers["content-type"], at).toBe("application/problem+json");
          expect(readJson(answer), at).toMatchObject({ status: 405, code: "method-not-allowed" });
        }
      }
    });
});
