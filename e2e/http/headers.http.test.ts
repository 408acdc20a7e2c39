import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getConsole, listConsoles } from "./console-under-test.ts";
import { createSignedIn } from "./identities.ts";
import { pages } from "./pages.ts";
import { sendRaw } from "./send-raw.ts";
import { sendRequest } from "./send-request.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
let cookie: string;
/** Must never hear from the console. */
let canary: Server;
let heard = 0;

beforeAll(async () => {
  stage = await openStage();
  const held = [{ role: "auditor" as const, registryId: null, pattern: null }];
  cookie = (await createSignedIn(stage.database, stage.console, stage.origin, held)).jar.format();
  canary = createServer((_request, response) => {
    heard++;
    response.end("canary");
  });
  await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  canary.close();
  await stage.close();
});

describe("W12: headers, with the entry", () => {
  it("every kind of answer forbids framing and sniffing and allows no inline script", async () => {
    const { url } = getConsole();
    const paths = [
      "/",
      "/sign-in",
      "/no-such-page",
      "/api/health",
      "/api/v1/tags",
      "/api/auth/csrf",
      "/favicon.ico",
    ];
    for (const path of paths) {
      for (const headers of [{}, { cookie }]) {
        const answer = await sendRequest({ url }, { path, headers });
        const policy = answer.headers["content-security-policy"] ?? "";
        expect(policy, path).toContain("frame-ancestors 'none'");
        expect(policy, path).toContain("object-src 'none'");
        expect(policy, path).toContain("base-uri 'none'");
        const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
        expect(scripts, path).toContain("'nonce-");
        expect(scripts, path).not.toContain("'unsafe-inline'");
        expect(answer.headers["x-content-type-options"], path).toBe("nosniff");
        expect(answer.headers["x-frame-options"], path).toBe("DENY");
        expect(answer.headers["referrer-policy"], path).toBe("same-origin");
        expect(answer.headers["x-powered-by"], path).toBeUndefined();
        expect(answer.headers["access-control-allow-origin"], path).toBeUndefined();
      }
    }
  });

  it("a nonce is used once, and every script on a page carries it", async () => {
    const nonces = new Set<string>();
    for (let round = 0; round < 5; round++) {
      const answer = await sendRequest(stage.console, { path: "/sign-in" });
      const nonce = /'nonce-([^']+)'/.exec(answer.headers["content-security-policy"] ?? "")?.[1] ?? "";
      nonces.add(nonce);
      const scripts = [...answer.text.matchAll(/<script\b([^>]*)>/g)].map((match) => match[1] ?? "");
      expect(scripts.length).toBeGreaterThan(0);
      for (const attributes of scripts) expect(attributes).toContain(`nonce="${nonce}"`);
      expect(answer.text).not.toMatch(/\son[a-z]+="/i);
    }
    expect(nonces.size).toBe(5);
  });

  it("requests for absolute addresses and upgrades send nothing anywhere", { timeout: 120_000 }, async () => {
    const { port } = canary.address() as AddressInfo;
    const target = `http://127.0.0.1:${port}/`;
    const { host } = new URL(stage.console.url);
    const lines = [
      `GET ${target} HTTP/1.1\r\nHost: ${host}`,
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}`,
      `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==`,
      `GET //127.0.0.1:${port}/ HTTP/1.1\r\nHost: ${host}`,
      `GET /\\127.0.0.1:${port}/ HTTP/1.1\r\nHost: ${host}`,
      `GET /_next/webpack-hmr HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==`,
      `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}`,
      `GET /_next/image?url=${encodeURIComponent(target)}&w=640&q=75 HTTP/1.1\r\nHost: ${host}`,
      `GET /_next/image?url=/&w=640&q=75 HTTP/1.1\r\nHost: 127.0.0.1:${port}`,
      `GET /api/ready HTTP/1.1\r\nHost: 127.0.0.1:${port}`,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Forwarded-Host: 127.0.0.1:${port}`,
    ];
    for (const console of listConsoles()) {
      for (const line of lines) {
        const text = await sendRaw(console, `${line}\r\nX-Try: 1\r\n\r\n`);
        expect(text, line).not.toContain("canary");
        expect(text, line).not.toMatch(/^HTTP\/1\.1 101/);
        expect(text, line).not.toMatch(/^HTTP\/1\.1 5/);
      }
    }
    expect(heard).toBe(0);
  });

  it("one connection never carries somebody else's request", async () => {
    const { host } = new URL(stage.console.url);
    const smuggled = "GET /api/v1/audit-events HTTP/1.1\r\nHost: x\r\n\r\n";
    const lines = [
      `POST /api/v1/tags HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      `POST /api/v1/tags HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\n123456${smuggled}`,
      `POST /api/v1/tags HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
      `GET /api/health HTTP/1.1\r\nHost: ${host}\r\nX-A: b\rX-C: d\r\n\r\n`,
    ];
    for (const line of lines) expect(await sendRaw(stage.console, line)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe.each(listConsoles())("W8: addresses come from the settings only, $name", (console) => {
  const hosts = [
    "evil.example",
    "evil.example:80",
    "localhost@evil.example",
    "localhost.evil.example",
    "[::1]:1",
    "",
  ];
  it.each(hosts)("Host %j leads nobody elsewhere", async (host) => {
    const paths = ["/", "/registries", "/api/auth/signin", "/api/auth/csrf", "/api/openapi.json", "/sign-in"];
    for (const path of paths) {
      const answer = await sendRequest(console, {
        path,
        headers: { host, "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
      });
      const location = answer.headers.location;
      if (location && !location.startsWith("/")) expect(new URL(location).origin, path).toBe(stage.origin);
      expect(location ?? "", path).not.toMatch(/^\/\/|^\/\\/);
      expect(answer.text, path).not.toContain("evil.example");
      expect(answer.cookies.join(), path).not.toContain("evil.example");
    }
  });

  const targets = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/%5cevil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://localhost:3000.evil.example/",
    "http://localhost@evil.example/",
    "/..//evil.example",
    "%2f%2fevil.example",
    "https://evil.example%23@localhost/",
  ];
  it.each(targets)("callbackUrl %j stays here", async (callbackUrl) => {
    for (const path of [
      "/sign-in",
      "/api/auth/signin",
      "/api/auth/signout",
      "/api/auth/callback/oidc",
      "/api/auth/error",
    ]) {
      const answer = await sendRequest(console, { path: `${path}?${new URLSearchParams({ callbackUrl })}` });
      const location = answer.headers.location ?? "";
      if (location) {
        expect(new URL(location, stage.origin).origin, path).toBe(stage.origin);
        expect(new URL(location, stage.origin).searchParams.get("callbackUrl") ?? "/", path).toMatch(
          /^\/(?![/\\])|^http:\/\/localhost/,
        );
      }
      expect(answer.text, path).not.toMatch(/(?:href|action|content)="[^"]*evil\.example/i);
      for (const line of answer.cookies) {
        const value = decodeURIComponent(/callback-url=([^;]*)/.exec(line)?.[1] ?? "");
        if (value) expect(new URL(value, stage.origin).origin, path).toBe(stage.origin);
      }
    }
  });
});

describe.each(listConsoles())("W9: nothing of anybody is kept by caches, $name", (console) => {
  it("pages, API answers, refusals and sign-in forbid storing", async () => {
    const paths = [
      ...pages.map((page) => page.path(stage)),
      "/api/v1/repositories",
      "/api/v1/tags",
      "/api/v1/no-such-thing",
      "/api/auth/csrf",
      "/no-such-page",
    ];
    for (const path of paths) {
      for (const headers of [{}, { cookie }]) {
        const answer = await sendRequest(console, { path, headers });
        expect(answer.headers["cache-control"] ?? "(none)", path).toMatch(/no-store/);
        expect(answer.headers["cache-control"], path).not.toMatch(/public|s-maxage/);
      }
    }
  });

  it("a cache that goes by the address alone gets nothing that it could hand on", async () => {
    for (const path of [
      "/api/v1/repositories/x.css",
      "/api/v1/repositories;x.css",
      "/api/v1/repositories%2fx.css",
      "/registries/x.js",
    ]) {
      const answer = await sendRequest(console, { path, headers: { cookie } });
      if (path.startsWith("/api/")) expect(answer.text, path).not.toContain(stage.alpha.mark);
      expect(answer.headers["cache-control"] ?? "(none)", path).toMatch(/no-store|no-cache|must-revalidate/);
    }
  });
});
