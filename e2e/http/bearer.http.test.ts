import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getAdminKey, listConsoles } from "./console-under-test.ts";
import { createSignedIn } from "./identities.ts";
import { sendRaw } from "./send-raw.ts";
import { readJson, sendRequest } from "./send-request.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
let cookie: string;

beforeAll(async () => {
  stage = await openStage();
  const held = [{ role: "admin" as const, registryId: null, pattern: null }];
  cookie = (await createSignedIn(stage.database, stage.console, stage.origin, held)).jar.format();
});
afterAll(() => stage.close());

const key = getAdminKey();
const oddities: [string, string][] = [
  ["empty", ""],
  ["only the word", "Bearer"],
  ["the word and a space", "Bearer "],
  ["nothing", "Bearer nothing"],
  ["null", "Bearer null"],
  ["undefined", "Bearer undefined"],
  ["a wildcard", "Bearer *"],
  ["an SQL wildcard", "Bearer %"],
  ["two keys", `Bearer ${key} ${key}`],
  ["two keys with a comma", `Bearer ${key},Bearer ${key}`],
  ["a key with something after it", `Bearer ${key}x`],
  ["all but the last character", `Bearer ${key.slice(0, -1)}`],
  ["another case", `Bearer ${key.toUpperCase() === key ? key.toLowerCase() : key.toUpperCase()}`],
  ["basic", `Basic ${Buffer.from(`admin:${key}`).toString("base64")}`],
  ["basic without a password", `Basic ${Buffer.from("admin:").toString("base64")}`],
  ["digest", 'Digest username="admin"'],
  ["the bare key", key],
  [
    "an unsigned token",
    `Bearer ${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"sub":"admin"}').toString("base64url")}.`,
  ],
  ["quotes", `Bearer "${key}"`],
  ["a tab", `Bearer\t${key}`],
  ["8 KiB", `Bearer ${"a".repeat(8192)}`],
];

describe.each(listConsoles())("T11: bearers that are none, $name", (console) => {
  it.each(oddities)("%s has no rights, and falls back to no cookie", async (_name, authorization) => {
    for (const headers of [{ authorization }, { authorization, cookie }]) {
      const answer = await sendRequest(console, { path: "/api/v1/repositories", headers });
      expect(answer.status).toBe(401);
      expect(readJson(answer).code).toBe("unauthenticated");
      expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
      expect(answer.text).not.toContain(key);
    }
  });

  it("two Authorization headers are not a choice", async () => {
    const { host } = new URL(console.url);
    for (const [first, second] of [
      [key, "x"],
      ["x", key],
    ])
      expect(
        await sendRaw(
          console,
          `GET /api/v1/users HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${first}\r\nAuthorization: Bearer ${second}\r\nConnection: close\r\n\r\n`,
        ),
      ).toMatch(/^HTTP\/1\.1 (401|400|200) /);
  });

  it("a key in the address, a cookie or another header is no key", async () => {
    const tries = [
      { path: `/api/v1/users?access_token=${key}`, headers: {} },
      { path: `/api/v1/users?api_key=${key}`, headers: {} },
      { path: "/api/v1/users", headers: { "x-api-key": key } },
      { path: "/api/v1/users", headers: { "proxy-authorization": `Bearer ${key}` } },
      { path: "/api/v1/users", headers: { cookie: `token=${key}; authorization=Bearer ${key}` } },
    ];
    for (const request of tries)
      expect((await sendRequest(console, request)).status, JSON.stringify(request.headers)).toBe(401);
  });
});
