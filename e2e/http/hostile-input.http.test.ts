import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { RouteDefinition } from "#lib/http/define-route";
import { listRouteDefinitions } from "#lib/openapi/route-table";
import { getAdminKey, listConsoles } from "./console-under-test.ts";
import { bearer, createSignedIn } from "./identities.ts";
import { matrix } from "./matrix.ts";
import { readJson, sendRequest, type TestAnswer, type TestRequest } from "./send-request.ts";
import { openStage, type Stage } from "./stage.ts";
import { readTableChecksums } from "./table-checksum.ts";

let stage: Stage;
/** May see `team-a/*` of alpha only: whatever is wider shows. */
let narrow: Record<string, string>;

beforeAll(async () => {
  stage = await openStage();
  const held = [{ role: "viewer" as const, registryId: stage.alpha.id, pattern: "team-a/*" }];
  narrow = { cookie: (await createSignedIn(stage.database, stage.console, stage.origin, held)).jar.format() };
});
afterAll(() => stage.close());

const admin = bearer(getAdminKey());
const definitions = listRouteDefinitions();
/** Of every list, as its cursors name it. */
const sorts = [
  ...["name", "slug", "login", "path", "place", "pattern"],
  ...["-at", "-createdAt", "-lastAt", "-lastSeenAt", "-pushedAt", "createdAt"],
];
const runs = Number(process.env.FUZZ_RUNS ?? 15);

async function prepareRequest(definition: RouteDefinition): Promise<TestRequest | null> {
  const operation = `${definition.method} ${definition.path}`;
  const entry = matrix.find((one) => one.operation === operation && !one.hotDoor);
  return entry ? { method: definition.method, ...(await entry.prepare(stage)).request } : null;
}

function listFieldsOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Paths of all texts in a body. */
function listTexts(value: unknown, path: string[] = []): string[][] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => listTexts(inner, [...path, key]));
}

function replaceText(value: unknown, [key, ...rest]: string[], change: (text: string) => string): unknown {
  if (key === undefined) return typeof value === "string" ? change(value) : value;
  if (Array.isArray(value))
    return value.map((inner, index) => (String(index) === key ? replaceText(inner, rest, change) : inner));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === key ? replaceText(inner, rest, change) : inner,
    ]),
  );
}

function expectProblem(answer: TestAnswer, what: string, statuses: number[]): void {
  expect(statuses, `${what}: ${answer.status} ${answer.text.slice(0, 200)}`).toContain(answer.status);
  if (answer.status === 404) return;
  expect(answer.headers["content-type"], what).toContain("application/problem+json");
  const { errors } = readJson(answer) as { errors?: { field: string }[] };
  expect(errors?.length ?? 0, `${what} names the field`).toBeGreaterThan(0);
}

describe.each(listConsoles())("W3: fields that nobody asked for, $name", (console) => {
  const extra = [
    "role",
    "tenant",
    "approvedBy",
    "status",
    "createdAt",
    "id",
    "isAdmin",
    "registryId",
    "passwordHash",
    "where",
    "include",
    "select",
    "constructor",
    "__proto__",
    "prototype",
  ];

  it.each(
    definitions
      .filter(({ body }) => body)
      .map((definition) => [`${definition.method} ${definition.path}`, definition] as const),
  )("%s refuses unknown keys and changes nothing", async (_name, definition) => {
    const known = listFieldsOf(definition.body);
    const requests: { key: string; request: TestRequest }[] = [];
    for (const key of extra.filter((word) => !known.includes(word))) {
      const request = await prepareRequest(definition);
      if (!request) return;
      const given = JSON.stringify(request.body);
      const body = `${given.slice(0, -1)}${given === "{}" ? "" : ","}${JSON.stringify(key)}:{"x":1}}`;
      requests.push({
        key,
        request: { ...request, body, headers: { ...request.headers, "content-type": "application/json" } },
      });
    }
    const before = await readTableChecksums(stage.database);
    for (const { key, request } of requests) {
      const answer = await sendRequest(console, { ...request, headers: { ...request.headers, ...admin } });
      expectProblem(answer, key, [400, 422]);
    }
    expect(await readTableChecksums(stage.database)).toEqual(before);
  });

  it.each(
    definitions
      .filter(({ query }) => query)
      .map((definition) => [`${definition.method} ${definition.path}`, definition] as const),
  )("%s refuses unknown parameters", async (_name, definition) => {
    for (const key of ["where", "registryId", "select", "role", "constructor", "prototype"]) {
      const request = await prepareRequest(definition);
      if (!request) return;
      const path = `${request.path}${request.path.includes("?") ? "&" : "?"}${key}=1`;
      const answer = await sendRequest(console, {
        ...request,
        path,
        headers: { ...request.headers, ...admin },
      });
      expectProblem(answer, key, [400]);
    }
  });
});

const nasty = fc.oneof(
  fc.constantFrom(
    "",
    "*",
    "%",
    "_",
    "%%",
    "\\",
    "'",
    "''; DROP TABLE tag; --",
    "' OR '1'='1",
    "$1",
    '{"contains":""}',
    "[object Object]",
    "undefined",
    "null",
    "NaN",
    "-1",
    "0",
    "1e9",
    "501",
    "99999999999999999999",
    "../../etc/passwd",
    "%00",
    "\u0000",
    "\uD800",
    "\u202Eabc",
    "a".repeat(5000),
    "sha256:",
    `sha256:${"0".repeat(63)}`,
    `sha256:${"A".repeat(64)}`,
    "name; select pg_sleep(5)",
    "-name,id",
    "pushedAt desc",
    "password_hash",
    "-__proto__",
    "(a+)+$",
    "a/../b",
    "TEAM-A/api",
    "team-a//api",
    "ｔeam-a/api",
  ),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 30 }),
);

const spellings: ((name: string, value: string) => string)[] = [
  (name, value) => `${name}=${encodeURIComponent(value)}`,
  (name, value) => `${name}[contains]=${encodeURIComponent(value)}`,
  (name, value) => `${name}[]=${encodeURIComponent(value)}`,
  (name, value) => `${name}.not=${encodeURIComponent(value)}`,
  (name, value) => `${name}=${encodeURIComponent(value)}&${name}=x`,
  (name, value) => `${name}[$ne]=${encodeURIComponent(value)}`,
];

describe.each(listConsoles())("W10: operators, sorts and odd values in the query, $name", (console) => {
  // A stream that is let in goes on for as long as it was asked to.
  const reads = definitions.filter(
    ({ method, query, path, mediaTypes }) =>
      method === "GET" &&
      listFieldsOf(query).length > 0 &&
      !path.includes("{") &&
      !mediaTypes?.includes("text/event-stream"),
  );
  it.each(reads.map((definition) => [definition.path, definition] as const))(
    "%s: a clear 4xx or a result that is not wider",
    { timeout: 120_000 },
    async (path, definition) => {
      const fields = listFieldsOf(definition.query);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...fields),
          fc.constantFrom(...spellings),
          nasty.map((text) => text.toWellFormed()),
          async (field, spell, value) => {
            const { alpha } = stage;
            const base = new URLSearchParams();
            if (fields.includes("registry") && field !== "registry") base.set("registry", alpha.slug);
            if (fields.includes("repository") && field !== "repository")
              base.set("repository", alpha.repositories[0].name);
            const query = [base.toString(), spell(field, value)].filter(Boolean).join("&");
            const answer = await sendRequest(console, { path: `${path}?${query}`, headers: narrow });
            expect(answer.status, `${query}: ${answer.text.slice(0, 200)}`).toBeLessThan(500);
            expect(answer.ms, query).toBeLessThan(3_000);
            const hidden = [
              ...alpha.repositories[1].digests,
              alpha.repositories[1].configDigest,
              stage.beta.mark,
            ];
            for (const word of hidden) expect(answer.text, query).not.toContain(word);
          },
        ),
        { numRuns: runs },
      );
    },
  );

  const deletes = definitions.filter(({ method, query }) => method === "DELETE" && query);
  it.each(deletes.map((definition) => [definition.path, definition] as const))(
    "DELETE %s: leaving out or bending any parameter deletes nothing",
    async (path, definition) => {
      const request = await prepareRequest(definition);
      if (!request) return;
      const full = new URLSearchParams(request.path.split("?")[1]);
      const before = await readTableChecksums(stage.database);
      for (const name of full.keys()) {
        const rest = new URLSearchParams(full);
        rest.delete(name);
        const bent = [
          rest.toString(),
          `${rest}&${name}=`,
          `${rest}&${name}[not]=x`,
          `${rest}&${name}=%25`,
          `${rest}&${name}=*`,
          `${full}&${name}=x`,
          `${rest}&${name}=undefined`,
        ];
        for (const query of bent) {
          const answer = await sendRequest(console, {
            method: "DELETE",
            path: `${path}?${query}`,
            headers: admin,
          });
          expect([400, 404, 422], `${query}: ${answer.status} ${answer.text.slice(0, 200)}`).toContain(
            answer.status,
          );
        }
      }
      expect(await readTableChecksums(stage.database)).toEqual(before);
    },
  );
});

describe.each(listConsoles())("Bad input: every body is answered with a clear 4xx, $name", (console) => {
  const bodies: [string, string | Buffer, number[]][] = [
    ["nothing", "", [400]],
    ["no JSON", "{", [400]],
    ["a text", '"x"', [422]],
    ["a number", "1e400", [400, 422]],
    ["null", "null", [422]],
    ["a list", "[]", [422]],
    ["a prototype", '{"__proto__":{"role":"admin"}}', [400]],
    ["deep nesting", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`, [400, 422]],
    ["lone surrogates", '{"\\ud800":"\\udfff"}', [400, 422]],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), [400, 422]],
    ["too much", `{"x":"${"a".repeat(2 * 1024 * 1024)}"}`, [413]],
  ];
  it.each(bodies)("%s", async (_name, body, statuses) => {
    for (const definition of definitions.filter((one) => one.body)) {
      const request = await prepareRequest(definition);
      if (!request) continue;
      const answer = await sendRequest(console, {
        ...request,
        body,
        headers: { ...request.headers, ...admin, "content-type": "application/json" },
      });
      expectProblem(answer, `${definition.method} ${definition.path}`, statuses);
    }
  });

  it.each(
    definitions
      .filter(({ body }) => body)
      .map((definition) => [`${definition.method} ${definition.path}`, definition] as const),
  )("W3: %s takes no text that Postgres cannot hold for a fault of ours", async (_name, definition) => {
    const sample = await prepareRequest(definition);
    for (const place of listTexts(sample?.body))
      for (const spoil of [(text: string) => `${text}\0`, (text: string) => `${text}\ud800`]) {
        const request = await prepareRequest(definition);
        if (!request) return;
        const body = JSON.stringify(replaceText(request.body, place, spoil));
        const answer = await sendRequest(console, {
          ...request,
          body,
          headers: { ...request.headers, ...admin, "content-type": "application/json" },
        });
        expect(answer.status, `${place.join(".")}: ${answer.text.slice(0, 200)}`).toBeLessThan(500);
      }
  });

  it("cursors that we did not make name the field", async () => {
    const made = [
      "x",
      "%00",
      Buffer.from("{}").toString("base64url"),
      Buffer.from('{"s":"name","v":{"contains":""},"i":"1"}').toString("base64url"),
      Buffer.from('{"s":"name","v":"a","i":"1; drop table tag"}').toString("base64url"),
      Buffer.from('{"s":"name","v":"a","i":"99999999999999999999999999"}').toString("base64url"),
      Buffer.from('{"s":"name","v":"\\u0000","i":"\\u0000"}').toString("base64url"),
      Buffer.from('{"s":"-pushedAt","v":"not a date","i":"1"}').toString("base64url"),
      Buffer.from('{"s":"-pushedAt","v":1e300,"i":"1"}').toString("base64url"),
      Buffer.from('{"s":"name","v":null,"i":""}').toString("base64url"),
    ];
    for (const definition of definitions.filter(({ query }) => listFieldsOf(query).includes("cursor"))) {
      for (const cursor of made) {
        const request = await prepareRequest(definition);
        if (!request) continue;
        const path = `${request.path}${request.path.includes("?") ? "&" : "?"}cursor=${cursor}`;
        const answer = await sendRequest(console, {
          ...request,
          path,
          headers: { ...request.headers, ...admin },
        });
        expect([200, 400], `${path}: ${answer.status} ${answer.text.slice(0, 200)}`).toContain(answer.status);
        if (answer.status === 400) expect(answer.text).toContain("cursor");
      }
    }
  });

  it("cursors of the right sort with a place that no row can have are an answer, never a fault", async () => {
    const uuid = "00000000-0000-4000-8000-000000000000";
    const times = ["0000-01-01T00:00:00.000Z", "+020000-01-01T00:00:00.000Z", "-000400-01-01T00:00:00.000Z"];
    const values = [
      ...times,
      "9999-12-31T23:59:59.999Z",
      "2026-02-30T00:00:00.000Z",
      "a",
      "\0",
      1e300,
      -1,
      null,
    ];
    const ids = ["1", uuid, "a", "\0", "999999999999999999", "change 1", "event 1"];
    for (const definition of definitions.filter(({ query }) => listFieldsOf(query).includes("cursor"))) {
      const request = await prepareRequest(definition);
      if (!request) continue;
      const ask = async (s: string, v: string | number | null, i: string) => {
        const cursor = Buffer.from(JSON.stringify({ s, v, i })).toString("base64url");
        const path = `${request.path}${request.path.includes("?") ? "&" : "?"}cursor=${cursor}`;
        return sendRequest(console, { ...request, path, headers: { ...request.headers, ...admin } });
      };
      const known: string[] = [];
      for (const sort of sorts) {
        const answer = await ask(sort, "2026-01-01T00:00:00.000Z", uuid);
        if (!answer.text.includes("another sort")) known.push(sort);
      }
      expect(known, `${definition.path}: add its sort to the list`).not.toEqual([]);
      for (const [value, id] of values.flatMap((value) => ids.map((id) => [value, id] as const))) {
        const answer = await ask(known[0] ?? "", value, id);
        const what = `${definition.path} ${known[0]} ${JSON.stringify(value)} ${JSON.stringify(id)}`;
        expect([200, 400], `${what}: ${answer.status} ${answer.text.slice(0, 200)}`).toContain(answer.status);
        if (answer.status === 400) expect(answer.text).toContain("cursor");
      }
    }
  });
});
