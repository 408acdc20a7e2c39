import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listRouteDefinitions } from "#lib/openapi/route-table";
import { listConsoles } from "./console-under-test.ts";
import { createSignedIn, createUser } from "./identities.ts";
import { matrix } from "./matrix.ts";
import { readJson, sendRequest, type TestRequest } from "./send-request.ts";
import { CookieJar, signIn } from "./sign-in.ts";
import { openStage, type Stage } from "./stage.ts";
import { readTableChecksums } from "./table-checksum.ts";

let stage: Stage;
let cookie: string;

beforeAll(async () => {
  stage = await openStage();
  const held = [{ role: "admin" as const, registryId: null, pattern: null }];
  cookie = (await createSignedIn(stage.database, stage.console, stage.origin, held)).jar.format();
});
afterAll(() => stage.close());

const foreign: Record<string, Record<string, string>> = {
  "no Origin": {},
  "another site": { origin: "https://evil.example" },
  "an opaque origin": { origin: "null" },
  "another port": { origin: "http://localhost:1" },
  "another scheme": { origin: "https://localhost" },
  "a look-alike": { origin: "http://localhost.evil.example" },
  "an empty Origin": { origin: "" },
  "a Referer that fits": { referer: "http://localhost/" },
  "a fetch from elsewhere": { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
};
const changes = listRouteDefinitions().filter(
  ({ method, access }) => method !== "GET" && access !== "public",
);

describe.each(listConsoles())(
  "W6: requests that another site makes with somebody's cookie, $name",
  { timeout: 120_000 },
  (console) => {
    it.each(Object.entries(foreign))(
      "%s: every change is refused and changes nothing",
      async (_name, headers) => {
        const calls = [];
        for (const { method, path } of changes) {
          const entry = matrix.find(
            ({ operation, hotDoor }) => operation === `${method} ${path}` && !hotDoor,
          );
          if (entry) calls.push({ method, path, request: (await entry.prepare(stage)).request });
        }
        const before = await readTableChecksums(stage.database);
        for (const { method, path, request } of calls) {
          const answer = await sendRequest(console, {
            method,
            ...request,
            headers: { ...request.headers, ...headers, cookie },
          });
          expect(answer.status, `${method} ${path}`).toBe(403);
          expect(readJson(answer).code, `${method} ${path}`).toBe("foreign-origin");
        }
        expect(await readTableChecksums(stage.database)).toEqual(before);
      },
    );

    it("a body that a form could send is refused, from our own origin too", async () => {
      const types = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/csp-report",
      ];
      for (const { method, path, body } of changes) {
        if (!body) continue;
        const entry = matrix.find(({ operation, hotDoor }) => operation === `${method} ${path}` && !hotDoor);
        if (!entry) continue;
        const { request } = await entry.prepare(stage);
        for (const type of types) {
          const headers = { ...request.headers, "content-type": type, origin: stage.origin, cookie };
          const answer = await sendRequest(console, {
            method,
            path: request.path,
            headers,
            body: JSON.stringify(request.body),
          });
          expect(answer.status, `${method} ${path} as ${type || "nothing"}`).toBe(415);
        }
      }
    });

    it("reading changes nothing", async () => {
      const calls: TestRequest[] = [];
      for (const entry of matrix) {
        if (!entry.operation.startsWith("GET ") || entry.hotDoor) continue;
        calls.push((await entry.prepare(stage)).request);
      }
      const readAll = async () => {
        for (const request of calls)
          await sendRequest(console, { ...request, headers: { ...request.headers, cookie } });
      };
      // The first time, the mark of our own requests is made.
      await readAll();
      const before = await readTableChecksums(stage.database);
      await readAll();
      const { audit_event: _reads, ...after } = await readTableChecksums(stage.database);
      const { audit_event: _before, ...rest } = before;
      expect(after).toEqual(rest);
    });

    it("signing somebody in or out from another site is refused", async () => {
      const user = await createUser(stage.database);
      for (const [name, headers] of Object.entries(foreign)) {
        if (!headers.origin) continue;
        const { ok, answer } = await signIn(console, headers.origin, user.login, user.password);
        expect(ok, name).toBe(false);
        expect(answer.status, name).toBe(403);
      }
      // Without the token that only our own page can read.
      for (const csrfToken of ["", "x", "a".repeat(64)]) {
        const jar = new CookieJar();
        jar.take(await sendRequest(console, { path: "/api/auth/csrf" }));
        const answer = await sendRequest(console, {
          method: "POST",
          path: "/api/auth/callback/credentials",
          headers: { "content-type": "application/x-www-form-urlencoded", cookie: jar.format() },
          body: new URLSearchParams({ csrfToken, login: user.login, password: user.password }).toString(),
        });
        jar.take(answer);
        expect(jar.get("session"), csrfToken).toBeUndefined();
      }
      const json = await sendRequest(console, {
        method: "POST",
        path: "/api/auth/callback/credentials",
        headers: { "content-type": "text/plain" },
        body: JSON.stringify({ login: user.login, password: user.password }),
      });
      expect(json.status).toBe(415);
      for (const path of [
        "/api/auth/signout",
        "/api/auth/callback/credentials",
        "/api/auth/session",
        "/api/auth/providers",
      ]) {
        const answer = await sendRequest(console, { path, headers: { cookie } });
        expect(answer.status, `GET ${path}`).toBe(404);
      }
      const still = await sendRequest(console, { path: "/api/v1/repositories", headers: { cookie } });
      expect(still.status).toBe(200);
    });

    it("cookies are out of reach of scripts and of other sites", async () => {
      const user = await createUser(stage.database);
      const { ok, answer } = await signIn(console, stage.origin, user.login, user.password);
      expect(ok).toBe(true);
      for (const line of answer.cookies) {
        expect(line).toMatch(/; httponly/i);
        expect(line).toMatch(/; samesite=(lax|strict)/i);
        expect(line).toMatch(/; path=\//i);
        expect(line).not.toMatch(/; domain=/i);
      }
    });
  },
);
