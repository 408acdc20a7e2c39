import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listRouteDefinitions } from "#lib/openapi/route-table";
import { getAdminKey, listConsoles } from "./console-under-test.ts";
import { bearer } from "./identities.ts";
import { formatQuery, readJson, sendRequest } from "./send-request.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
const admin = bearer(getAdminKey());

beforeAll(async () => {
  stage = await openStage();
  // What a crawl would refuse, so that the last line of defence is what is tried.
  const hostile = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "a\r\nb: c",
    'x","y',
    "\u202egpj.exe",
  ];
  for (const name of hostile) {
    await stage.database.query("INSERT INTO repository (registry_id, name) VALUES ($1, $2)", [
      stage.alpha.id,
      name,
    ]);
    await stage.database.query(
      `INSERT INTO audit_event (actor_kind, actor, agent, action, target, registry_id, repository, outcome, request_id)
       VALUES ('user', $2, $2, 'tag.delete', $2, $1, $2, 'succeeded', 'r')`,
      [stage.alpha.id, name],
    );
  }
  for (let number = 0; number < 4; number += 1)
    await stage.database.query(
      `INSERT INTO audit_event (actor_kind, actor, action, target, registry_id, outcome, request_id)
       VALUES ('user', 'somebody', 'tag.delete', 'x', $1, 'succeeded', 'r')`,
      [stage.alpha.id],
    );
});
afterAll(async () => {
  await stage.database.query("DELETE FROM repository WHERE registry_id = $1 AND name !~ '^team-'", [
    stage.alpha.id,
  ]);
  await stage.close();
});

const exports = listRouteDefinitions().filter(({ path }) => path.endsWith("/export"));

/** Cells of RFC 4180, read by rules of its own. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/gy;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    const [whole, value = "", end] = match;
    if (whole === "" && cell.lastIndex >= text.length) break;
    rows.at(-1)?.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === "\r\n") rows.push([]);
    if (end === "") break;
  }
  return rows.filter((row) => row.length > 1);
}

describe.each(listConsoles())("X3, X6: exports, $name", (console) => {
  it("there is one, and each has a fixed name and cannot be opened as a page", async () => {
    expect(exports.length).toBeGreaterThan(0);
    for (const { path } of exports) {
      for (const format of ["csv", "ndjson"]) {
        const answer = await sendRequest(console, {
          path: `${path}${formatQuery({ format, registry: stage.alpha.slug })}`,
          headers: admin,
        });
        expect(answer.status, path).toBe(200);
        expect(answer.headers["content-disposition"], path).toMatch(
          /^attachment; filename="[a-z-]+\.(csv|ndjson)"$/,
        );
        expect(answer.headers["content-type"], path).toMatch(/^(text\/csv|application\/x-ndjson)/);
        expect(answer.headers["cache-control"], path).toContain("no-store");
        if (console.entry) expect(answer.headers["x-content-type-options"], path).toBe("nosniff");
      }
    }
  });

  it("no cell begins with what a spreadsheet would run, and none breaks out of its line", async () => {
    for (const { path } of exports) {
      const answer = await sendRequest(console, {
        path: `${path}${formatQuery({ registry: stage.alpha.slug })}`,
        headers: admin,
      });
      const rows = parseCsv(answer.text);
      expect(rows.length, path).toBeGreaterThan(10);
      const width = rows[0]?.length;
      for (const row of rows) {
        expect(row.length, row.join("|")).toBe(width);
        for (const value of row) expect(value).not.toMatch(/^\s*[=+@\t\r]|^\s*-(?!\d+(\.\d+)?$)/);
      }
    }
  });

  it("a value with line breaks makes no header and no second line", async () => {
    for (const { path } of exports) {
      for (const evil of [
        "x\r\nset-cookie: a=b",
        "x%0d%0aset-cookie:%20a=b",
        '"; filename="evil.exe',
        "../../evil",
      ]) {
        const answer = await sendRequest(console, {
          path: `${path}${formatQuery({ q: evil })}`,
          headers: admin,
        });
        expect([200, 400], evil).toContain(answer.status);
        expect(answer.cookies, evil).toEqual([]);
        expect(answer.headers["content-disposition"] ?? "", evil).not.toContain("evil");
      }
    }
    for (const { path } of exports) {
      const lines = await sendRequest(console, {
        path: `${path}${formatQuery({ format: "ndjson", registry: stage.alpha.slug })}`,
        headers: admin,
      });
      for (const line of lines.text.trim().split("\n")) expect(() => JSON.parse(line), path).not.toThrow();
    }
  });

  it("X1: hostile names stay text in every answer of the API", async () => {
    const answer = await sendRequest(console, {
      path: `/api/v1/repositories${formatQuery({ registry: stage.alpha.slug, limit: 500 })}`,
      headers: admin,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toContain("application/json");
    expect((readJson(answer).items as unknown[]).length).toBeGreaterThan(10);
  });
});
