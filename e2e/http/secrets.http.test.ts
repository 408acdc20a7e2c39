import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getAdminKey, getLogFile } from "./console-under-test.ts";
import { bearer, createApiKey, createSignedIn, createUser } from "./identities.ts";
import { formatQuery, readJson, sendRequest, type TestAnswer, type TestRequest } from "./send-request.ts";
import { CookieJar, signIn } from "./sign-in.ts";
import { SmallRegistry } from "./small-registry.ts";
import { openStage, randomWord, type Stage } from "./stage.ts";

let stage: Stage;
/** A registry that wants a password. */
let locked: SmallRegistry;
const admin = bearer(getAdminKey());
const canaries = new Map<string, string>();
const answers: { what: string; text: string }[] = [];

/** A secret that is found wherever it turns up. */
function plant(what: string): string {
  const secret = `canary-${canaries.size}-${randomBytes(18).toString("base64url")}`;
  canaries.set(secret, what);
  return secret;
}

beforeAll(async () => {
  stage = await openStage();
  locked = new SmallRegistry();
  await locked.start();
});
afterAll(async () => {
  await locked.stop();
  await stage.close();
});

/** Sends, and keeps what comes back: headers too, except for a cookie that is set. */
async function send(what: string, request: TestRequest): Promise<TestAnswer> {
  const answer = await sendRequest(stage.console, request);
  const { "set-cookie": _cookies, ...headers } = answer.headers;
  answers.push({ what, text: `${JSON.stringify(headers)}\n${answer.text}` });
  return answer;
}

function post(
  what: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = admin,
): Promise<TestAnswer> {
  return send(what, { method: "POST", path, headers, body });
}

describe("O10, F8: forty secrets are put in; none comes out", { timeout: 240_000 }, () => {
  it("passwords", async () => {
    const held = [{ role: "viewer" as const, registryId: null, pattern: null }];
    for (const password of [plant("password at creation"), plant("another at creation")]) {
      const made = await post("create", "/api/v1/users", { login: `c-${randomWord()}`, name: "C", password });
      expect(made.status).toBe(201);
    }
    const { user, jar } = await createSignedIn(stage.database, stage.console, stage.origin, held);
    const mine = { cookie: jar.format(), origin: stage.origin };
    await post(
      "wrong present",
      "/api/v1/me/password",
      { present: plant("wrong present password"), password: plant("refused new password") },
      mine,
    );
    const changed = plant("changed password");
    const answer = await post(
      "change",
      "/api/v1/me/password",
      { present: user.password, password: changed },
      mine,
    );
    expect(answer.status, answer.text).toBe(204);
    const again = await signIn(stage.console, stage.origin, user.login, changed);
    expect(again.ok).toBe(true);
    answers.push({ what: "sign-in", text: again.answer.text });
    for (const [login, password] of [
      [user.login, plant("wrong password at sign-in")],
      [plant("password typed as the login"), "x"],
      [`${plant("password typed as a login with a space")} x`, "x"],
      [user.login, plant("long password at sign-in").repeat(20)],
    ] as const) {
      const refused = await signIn(stage.console, stage.origin, login, password, new CookieJar());
      answers.push({ what: "sign-in", text: JSON.stringify(refused.answer.headers) + refused.answer.text });
    }
    await post(
      "too short a body",
      "/api/v1/users",
      `{"login":"x","password":"${plant("password in broken JSON")}"`,
      { ...admin, "content-type": "application/json" },
    );
    await post("password as a name", "/api/v1/users", {
      login: plant("password as login"),
      name: "",
      password: "x",
    });
    await post("password in a field that is not known", "/api/v1/users", {
      login: `c-${randomWord()}`,
      name: "C",
      passwort: plant("password in a misspelt field"),
    });
    await post("password of a wrong type", "/api/v1/users", {
      login: `c-${randomWord()}`,
      name: "C",
      password: [plant("password in a list")],
    });
    await send("password in the query", {
      path: `/api/v1/users${formatQuery({ q: "x", sort: plant("secret as a sort") })}`,
      headers: admin,
    });
  });

  it("registry credentials", async () => {
    const url = locked.url;
    const password = plant("basic password");
    locked.login = { user: "robot", password };
    const slug = `o-${randomWord()}`;
    const basic = { credentialKind: "basic", username: "robot" };
    const connected = await post("connect", "/api/v1/registries", {
      slug,
      url,
      ...basic,
      secret: password,
      sync: false,
      syncEveryMinutes: 0,
    });
    expect(connected.status, connected.text).toBe(201);
    await post("connect again", "/api/v1/registries", {
      slug,
      url,
      ...basic,
      secret: plant("password of a second connection"),
      sync: false,
    });
    await post("connect elsewhere", "/api/v1/registries", {
      slug: `o-${randomWord()}`,
      url: "http://169.254.169.254",
      ...basic,
      secret: plant("password for a refused address"),
    });
    await post("connect nowhere", "/api/v1/registries", {
      slug: `o-${randomWord()}`,
      url: `http://robot:${plant("password in the address")}@localhost:1`,
      sync: false,
    });
    await post("connect with a query", "/api/v1/registries", {
      slug: `o-${randomWord()}`,
      url: `http://localhost:1/?token=${plant("token in the address")}`,
      sync: false,
    });
    await post("connect with no kind", "/api/v1/registries", {
      slug: `o-${randomWord()}`,
      url,
      secret: plant("secret without a kind"),
      sync: false,
    });
    await post("connect with a key", "/api/v1/registries", {
      slug: `o-${randomWord()}`,
      url,
      caPem: `-----BEGIN PRIVATE KEY-----\n${plant("private key as a CA")}\n-----END PRIVATE KEY-----`,
      sync: false,
    });
    await post("test", `/api/v1/registries/${slug}/test`, undefined);
    expect(locked.authorizations.length, "the right password arrived").toBeGreaterThan(0);
    for (const secret of [plant("wrong password at a test"), plant("another wrong password at a test")])
      await post("test", "/api/v1/registry-tests", { url, ...basic, secret });
    await post("test", "/api/v1/registry-tests", {
      url,
      credentialKind: "token",
      secret: plant("token at a test"),
    });
    await post("test", "/api/v1/registry-tests", {
      url: "http://localhost:1",
      ...basic,
      secret: plant("password at a test of nothing"),
    });
    const patch = (body: unknown) =>
      send("patch", { method: "PATCH", path: `/api/v1/registries/${slug}`, headers: admin, body });
    await patch({ secret: plant("changed registry password") });
    await patch({ credentialKind: "token", secret: plant("registry token") });
    await patch({ secret: plant("secret beside a bad field"), requestsPerSecond: -1 });
    await post("manifest with a wrong credential", `/api/v1/registries/${slug}/test`, undefined);
    await post("sync", `/api/v1/registries/${slug}/sync`, {});
    await send("registry", { path: `/api/v1/registries/${slug}`, headers: admin });
    const given = plant("ingest secret");
    const secret = await sendRequest(stage.console, {
      method: "POST",
      path: `/api/v1/registries/${slug}/ingest-secret`,
      headers: admin,
      body: { secret: given },
    });
    expect(secret.status).toBe(201);
    await post("ingest secret of another", `/api/v1/registries/${stage.alpha.slug}/ingest-secret`, {
      secret: given,
    });
    await post("ingest secret too short", `/api/v1/registries/${slug}/ingest-secret`, {
      secret: plant("short").slice(0, 24),
    });
    await post("notification", "/api/ingest/distribution", { events: [{ id: "1" }] }, bearer(given));
    await post(
      "notification",
      "/api/ingest/distribution",
      { events: [] },
      bearer(plant("wrong ingest secret")),
    );
    await send("disconnect", { method: "DELETE", path: `/api/v1/registries/${slug}`, headers: admin });
  });

  it("keys and sessions", async () => {
    for (const role of ["viewer", "admin"] as const) {
      const { id, secret } = await createApiKey(stage.console, role);
      canaries.set(secret, `API key of ${role}`);
      await send("use", { path: "/api/v1/me", headers: bearer(secret) });
      await send("list", { path: "/api/v1/api-keys?limit=500", headers: bearer(secret) });
      await send("revoke", { method: "DELETE", path: `/api/v1/api-keys/${id}`, headers: admin });
      await send("use after", { path: "/api/v1/me", headers: bearer(secret) });
    }
    canaries.set(getAdminKey(), "WHARFINGER_API_KEY");
    for (let round = 0; round < 3; round++) {
      const { jar } = await createSignedIn(stage.database, stage.console, stage.origin, [
        { role: "admin", registryId: null, pattern: null },
      ]);
      canaries.set(jar.get("session") ?? "", "session cookie");
      const headers = { cookie: jar.format(), origin: stage.origin };
      await send("me", { path: "/api/v1/me", headers });
      await send("sessions", { path: "/api/v1/sessions?limit=500", headers });
      await send("page", { path: "/", headers });
      await send("page", { path: "/settings/sessions", headers });
      await send("page", { path: "/settings/account", headers });
    }
    await send("unknown key", { path: "/api/v1/me", headers: bearer(plant("unknown key")) });
    await send("malformed key", {
      path: "/api/v1/me",
      headers: { authorization: `Bearer ${plant("malformed key")} x` },
    });
    await send("basic", {
      path: "/api/v1/me",
      headers: { authorization: `Basic ${Buffer.from(`a:${plant("basic to the API")}`).toString("base64")}` },
    });
    await send("planted cookie", {
      path: "/api/v1/me",
      headers: { cookie: `wharfinger.session=${plant("planted cookie")}` },
    });
    await send("key in the query", { path: `/api/v1/me?access_token=${plant("key in the query")}` });
    await send("key in a header", { path: "/api/v1/me", headers: { "x-api-key": plant("key in a header") } });
    // Whoever asks for an address that does not exist may read it back; nobody else may.
    await sendRequest(stage.console, { path: `/api/v1/${plant("key in the path")}`, headers: admin });
    await send("callback", {
      path: `/api/auth/callback/oidc${formatQuery({ code: plant("OIDC code"), state: plant("OIDC state") })}`,
    });
    const made = await createUser(stage.database);
    const reset = await sendRequest(stage.console, {
      method: "POST",
      path: `/api/v1/users/${made.id}/reset-password`,
      headers: admin,
    });
    canaries.set(String(readJson(reset).password), "password that was made up");
  });

  it("the audit is read as well, and every list of what was made", async () => {
    for (const path of [
      "/api/v1/audit-events?limit=500",
      "/api/v1/registries?limit=500",
      "/api/v1/users?limit=500",
      "/api/v1/api-keys?limit=500&all=true",
      "/api/openapi.json",
      "/audit",
    ])
      await send(path, { path, headers: admin });
  });

  it("no answer holds any of them", () => {
    expect(canaries.size).toBeGreaterThanOrEqual(40);
    expect(answers.length).toBeGreaterThan(50);
    for (const { what, text } of answers) expect(findCanaries(text), what).toEqual([]);
  });

  it("no table holds any of them", async () => {
    const tables = await stage.database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'graphile_worker')`,
    );
    expect(tables.rows.length).toBeGreaterThan(20);
    for (const { name } of tables.rows) {
      const rows = await stage.database.query<{ text: string }>(
        `SELECT string_agg(t::text, E'\\n') AS text FROM ${name} t`,
      );
      expect(findCanaries(rows.rows[0]?.text ?? ""), name).toEqual([]);
    }
  });

  it("the log holds none of them", () => {
    const text = readFileSync(getLogFile(), "utf8");
    expect(text, "the log is the one of this console").toContain("/api/v1/registries/{slug}/test");
    expect(findCanaries(text)).toEqual([]);
  });
});

/** What a text gives away: as it is, encoded, or by its first half. */
function findCanaries(text: string): string[] {
  return [...canaries].flatMap(([secret, what]) => {
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64").replace(/=+$/, ""),
      Buffer.from(`robot:${secret}`).toString("base64").replace(/=+$/, ""),
      Buffer.from(secret).toString("hex"),
      secret.slice(0, Math.ceil(secret.length * 0.6)),
    ];
    return forms.some((form) => text.includes(form)) ? [what] : [];
  });
}
