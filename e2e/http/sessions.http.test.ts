import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getAdminKey, listConsoles } from "./console-under-test.ts";
import { bearer, createApiKey, createSignedIn, createUser } from "./identities.ts";
import { sendRequest } from "./send-request.ts";
import { CookieJar, signIn, signOut } from "./sign-in.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const viewer = { role: "viewer" as const, registryId: null, pattern: null };
const admin = { role: "admin" as const, registryId: null, pattern: null };
const read = "/api/v1/repositories?limit=1";

describe.each(listConsoles())("W7: sessions, $name", (console) => {
  const statusOf = async (headers: Record<string, string>, path = read) =>
    (await sendRequest(console, { path, headers })).status;

  it("each sign-in makes a new session, and ends the one that the browser brought", async () => {
    const user = await createUser(stage.database, [viewer]);
    const jar = new CookieJar();
    await signIn(console, stage.origin, user.login, user.password, jar);
    const first = { cookie: jar.format() };
    expect(await statusOf(first)).toBe(200);
    await signIn(console, stage.origin, user.login, user.password, jar);
    expect(jar.format()).not.toBe(first.cookie);
    expect(await statusOf({ cookie: jar.format() })).toBe(200);
    expect(await statusOf(first), "the session from before").toBe(401);
  });

  it("a session that somebody planted is not the one that a sign-in opens", async () => {
    const attacker = await createSignedIn(stage.database, console, stage.origin, [viewer]);
    const victim = await createUser(stage.database, [viewer]);
    const planted = attacker.jar.format();
    const { ok, jar } = await signIn(console, stage.origin, victim.login, victim.password, attacker.jar);
    expect(ok).toBe(true);
    expect(jar.format()).not.toBe(planted);
    expect(await statusOf({ cookie: planted })).toBe(401);
    for (const value of [
      "x",
      "a.b.c.d.e",
      "00000000-0000-0000-0000-000000000000",
      "eyJhbGciOiJub25lIn0.e30.",
    ])
      expect(await statusOf({ cookie: `wharfinger.session=${value}` }), value).toBe(401);
  });

  it("is dead after sign-out, however often it is replayed", async () => {
    const { jar } = await createSignedIn(stage.database, console, stage.origin, [viewer]);
    const kept = { cookie: jar.format() };
    expect(await statusOf(kept)).toBe(200);
    await signOut(console, stage.origin, jar);
    for (let round = 0; round < 3; round++) expect(await statusOf(kept)).toBe(401);
    const page = await sendRequest(console, { path: "/", headers: kept });
    expect([303, 307]).toContain(page.status);
    expect(page.headers.location).toContain("/sign-in");
  });

  it("loses and gains a role with the next request", async () => {
    const { user, jar } = await createSignedIn(stage.database, console, stage.origin, [viewer]);
    const headers = { cookie: jar.format() };
    expect(await statusOf(headers, "/api/v1/audit-events")).toBe(403);
    await stage.database.query("UPDATE role_binding SET role = 'auditor' WHERE user_id = $1", [user.id]);
    expect(await statusOf(headers, "/api/v1/audit-events")).toBe(200);
    await stage.database.query("DELETE FROM role_binding WHERE user_id = $1", [user.id]);
    expect(await statusOf(headers, "/api/v1/audit-events")).toBe(403);
    expect(await statusOf(headers)).toBe(403);
  });

  it("ends when the person is disabled through the API, and their keys with it", async () => {
    const { user, jar } = await createSignedIn(stage.database, console, stage.origin, [viewer]);
    const headers = { cookie: jar.format() };
    expect(await statusOf(headers)).toBe(200);
    const answer = await sendRequest(console, {
      method: "PATCH",
      path: `/api/v1/users/${user.id}`,
      headers: bearer(getAdminKey()),
      body: { disabled: true },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(await statusOf(headers)).toBe(401);
    const again = await signIn(console, stage.origin, user.login, user.password);
    expect(again.ok).toBe(false);
  });

  it("ends when its row is revoked through the API; a key when it is", async () => {
    const { user, jar } = await createSignedIn(stage.database, console, stage.origin, [viewer]);
    const headers = { cookie: jar.format() };
    const row = await stage.database.query<{ id: string }>("SELECT id FROM session WHERE user_id = $1", [
      user.id,
    ]);
    const revoked = await sendRequest(console, {
      method: "DELETE",
      path: `/api/v1/sessions/${row.rows[0]?.id}`,
      headers: bearer(getAdminKey()),
    });
    expect([200, 204], revoked.text).toContain(revoked.status);
    expect(await statusOf(headers)).toBe(401);
    const key = await createApiKey(console, "viewer");
    expect(await statusOf(bearer(key.secret))).toBe(200);
    await sendRequest(console, {
      method: "DELETE",
      path: `/api/v1/api-keys/${key.id}`,
      headers: bearer(getAdminKey()),
    });
    expect(await statusOf(bearer(key.secret))).toBe(401);
  });

  it("T8: a session is no key, and a key is no session", async () => {
    const { jar } = await createSignedIn(stage.database, console, stage.origin, [admin]);
    const token = jar.get("session") ?? "";
    expect(await statusOf(bearer(token))).toBe(401);
    expect(await statusOf({ cookie: `wharfinger.session=${getAdminKey()}` })).toBe(401);
    const twice = `${jar.format()}; wharfinger.session=x`;
    expect(await statusOf({ cookie: twice }), "two cookies of one name").toBe(401);
  });
});

describe.each(listConsoles())("W13: logins that look alike, $name", (console) => {
  it("only the login itself signs in", async () => {
    const user = await createUser(stage.database, [viewer]);
    const { login, password } = user;
    const alike = [
      login.replace("t-", "ｔ-"),
      `${login}\u200b`,
      `\u202e${login}`,
      `${login}\0`,
      `${login}@example.com`,
      login.replace("-", "\u2010"),
      login.replace("-", "_"),
      `${login},admin`,
      `${login};admin`,
      [login, "admin"].join("\n"),
      "аdmin",
      "ＡＤＭＩＮ",
      "admin\u0307",
      "%",
      "*",
    ];
    for (const text of alike) {
      const { ok } = await signIn(console, stage.origin, text, password);
      expect(ok, JSON.stringify(text)).toBe(false);
    }
    await stage.database.query("DELETE FROM rate_limit");
    const { ok } = await signIn(console, stage.origin, login.toUpperCase(), password);
    expect(ok, "case makes no second person").toBe(true);
  });

  it("nobody can be made whose login looks like another's", async () => {
    for (const login of [
      "аdmin",
      "Admin2",
      "admin ",
      "admin\u200b",
      "ａdmin",
      "",
      "a".repeat(65),
      "admin\n",
      "<b>",
      "a,b",
    ]) {
      const answer = await sendRequest(console, {
        method: "POST",
        path: "/api/v1/users",
        headers: bearer(getAdminKey()),
        body: { login, name: "Somebody" },
      });
      expect(answer.status, JSON.stringify(login)).toBe(422);
    }
  });
});

describe("W7, W11: the console does not start with secrets that others know", { timeout: 120_000 }, () => {
  const weak = [
    "short",
    "changeme".repeat(8),
    "a".repeat(64),
    "password-password-password-password",
    "secret".repeat(10),
  ];
  it.each([
    "WHARFINGER_SESSION_SECRET",
    "WHARFINGER_MASTER_KEY",
    "WHARFINGER_API_KEY",
    "WHARFINGER_INGEST_SECRET",
  ])("%s", async (name) => {
    for (const value of weak) {
      const { code, output } = await startWith({ [name]: value });
      expect(code, value).not.toBe(0);
      expect(output, value).toContain(name);
      expect(output, value).not.toContain(value);
    }
  });

  it.each(["WHARFINGER_SESSION_SECRET", "WHARFINGER_MASTER_KEY"])("%s must be given", async (name) => {
    const { code, output } = await startWith({ [name]: "" });
    expect(code).not.toBe(0);
    expect(output).toContain(name);
  });
});

function startWith(settings: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const strong = (seed: string) => `${seed}-q8Zr2LmX5tVb7NcK4wJd9PfH3sGy6Ae1Ui0`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["server.ts"], {
      cwd: join(import.meta.dirname, "..", ".."),
      env: {
        PATH: process.env.PATH ?? "",
        NODE_ENV: "production",
        PORT: "1",
        DATABASE_URL: "postgresql://nobody:nobody@127.0.0.1:1/nothing",
        WHARFINGER_MASTER_KEY: strong("m"),
        WHARFINGER_SESSION_SECRET: strong("s"),
        ...settings,
      },
      timeout: 30_000,
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
