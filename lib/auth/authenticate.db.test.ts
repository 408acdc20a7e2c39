import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import { ensureEnvironmentApiKey } from "#lib/api-keys/bootstrap";
import { authenticate } from "#lib/auth/authenticate";
import { type Context, nobody } from "#lib/auth/context";
import { getSessionCookieName, getSessionSecret } from "#lib/auth/session-secret";
import { UnauthenticatedError } from "#lib/http/errors";
import { ensureFirstAdmin } from "#lib/people/bootstrap";
import { hashSecret } from "#lib/secrets/service";
import { signInWithPassword, signOut } from "#lib/sessions/sign-in";
import { attachTestDatabase } from "#lib/testing/attach-test-database";

const { db } = attachTestDatabase();
const client = { address: "192.0.2.1", agent: "vitest" };
const password = "correct horse battery";
const environmentKey = "env-key-Q8w3Zr5TyUi1OpAs6DfGh2JkLx";

function createContext(now = new Date()): Context {
  return { principal: nobody, requestId: "test", now, ...client };
}

async function signIn(): Promise<string> {
  await ensureFirstAdmin(password);
  const result = await signInWithPassword(createContext(), "admin", password);
  if (!result.ok) throw new Error(result.reason);
  return result.sessionId;
}

async function withSession(sessionId: string): Promise<Headers> {
  const token = await encode({ token: { sid: sessionId }, secret: getSessionSecret() });
  return new Headers({ cookie: `other=1; ${getSessionCookieName()}=${token}` });
}

async function createKey(fields: object = {}): Promise<string> {
  const secret = `whk_${crypto.randomUUID()}`;
  const secretHash = await hashSecret("api-key", secret);
  await db().apiKey.create({ data: { name: "ci", prefix: "whk_", secretHash, role: "engineer", ...fields } });
  return secret;
}

const bearer = (secret: string) => new Headers({ authorization: `Bearer ${secret}` });

describe("authenticate with a session", () => {
  it("knows who signed in and what they may do", async () => {
    const principal = await authenticate(await withSession(await signIn()), client);
    expect(principal).toMatchObject({
      kind: "user",
      name: "admin",
      bindings: [{ role: "admin", registryId: null, pattern: null }],
    });
  });

  it("takes no cookie, a foreign cookie and an unknown id for nobody", async () => {
    const foreign = await encode({
      token: { sid: await signIn() },
      secret: "another secret of another console",
    });
    const unknown = await withSession(crypto.randomUUID());
    for (const headers of [
      new Headers(),
      new Headers({ cookie: `${getSessionCookieName()}=${foreign}` }),
      new Headers({ cookie: `${getSessionCookieName()}=x` }),
      unknown,
    ])
      expect(await authenticate(headers, client)).toBe(nobody);
  });

  it("W7: ends with sign-out, at its time, after idleness and with its user, from the next request on", async () => {
    const past = new Date(Date.now() - 1000);
    const endings: ((id: string) => Promise<unknown>)[] = [
      (id) => signOut(createContext(), id),
      (id) => db().session.update({ where: { id }, data: { expiresAt: past } }),
      (id) =>
        db().session.update({ where: { id }, data: { lastSeenAt: new Date(Date.now() - 25 * 3_600_000) } }),
      () => db().user.updateMany({ where: { login: "admin" }, data: { disabledAt: past } }),
    ];
    for (const end of endings) {
      const id = await signIn();
      const headers = await withSession(id);
      expect((await authenticate(headers, client)).kind).toBe("user");
      await end(id);
      expect(await authenticate(headers, client)).toBe(nobody);
    }
    await db().user.updateMany({ data: { disabledAt: null } });
  });

  it("W7: holds the roles of this moment", async () => {
    const headers = await withSession(await signIn());
    await db().roleBinding.updateMany({ data: { role: "viewer" } });
    expect((await authenticate(headers, client)).bindings).toEqual([
      { role: "viewer", registryId: null, pattern: null },
    ]);
    await db().roleBinding.updateMany({ data: { role: "admin" } });
  });

  it("W7: opens a new session at each sign-in and ends the one that the browser had", async () => {
    const first = await signIn();
    const second = await signInWithPassword(createContext(), "admin", password, first);
    expect(second).toMatchObject({ ok: true });
    expect(second.ok && second.sessionId).not.toBe(first);
    expect(await authenticate(await withSession(first), client)).toBe(nobody);
  });

  it("writes down when it was last seen, at most once a minute", async () => {
    const id = await signIn();
    const seen = async () => (await db().session.findUniqueOrThrow({ where: { id } })).lastSeenAt.getTime();
    const first = await seen();
    await authenticate(await withSession(id), client);
    expect(await seen()).toBe(first);
    await db().session.update({ where: { id }, data: { lastSeenAt: new Date(first - 120_000) } });
    await authenticate(await withSession(id), client);
    await expect.poll(seen).toBeGreaterThan(first - 60_000);
  });
});

describe("authenticate with an API key", () => {
  it("acts with the key's own role and place", async () => {
    const secret = await createKey({ pattern: "team/*" });
    expect(await authenticate(bearer(secret), client)).toMatchObject({
      kind: "api-key",
      name: "ci",
      bindings: [{ role: "engineer", registryId: null, pattern: "team/*" }],
      sessionId: null,
    });
  });

  it("T11: refuses every other bearer and never falls back to the cookie", async () => {
    const past = new Date(Date.now() - 1000);
    const owner = await db().user.create({ data: { login: "gone", name: "Gone", disabledAt: past } });
    const cookie = (await withSession(await signIn())).get("cookie") ?? "";
    const live = await createKey();
    const refused = [
      "",
      "Bearer",
      "Bearer ",
      "Bearer null",
      "Bearer undefined",
      "Bearer nothing",
      "Basic YWRtaW46YWRtaW4=",
      `Bearer ${live} ${live}`,
      `Bearer ${live}, Bearer ${live}`,
      `Bearer ${live}x`,
      `Bearer ${live.slice(0, -1)}`,
      `Bearer ${live.toUpperCase()}`,
      live,
      `Bearer ${await createKey({ revokedAt: past })}`,
      `Bearer ${await createKey({ expiresAt: past })}`,
      `Bearer ${await createKey({ ownerId: owner.id })}`,
      `Bearer ${"x".repeat(5000)}`,
    ];
    for (const authorization of refused)
      await expect(
        authenticate(new Headers({ authorization, cookie }), client),
        authorization,
      ).rejects.toThrow(UnauthenticatedError);
    expect((await authenticate(bearer(live), client)).kind).toBe("api-key");
  });

  it("gives a key with a role that is not known here no right", async () => {
    expect((await authenticate(bearer(await createKey({ role: "root" })), client)).bindings).toEqual([]);
  });

  it("lets the key of the environment act as admin until its value changes", async () => {
    await ensureEnvironmentApiKey(environmentKey);
    await ensureEnvironmentApiKey(environmentKey);
    expect(await authenticate(bearer(environmentKey), client)).toMatchObject({
      name: "WHARFINGER_API_KEY",
      bindings: [{ role: "admin", registryId: null, pattern: null }],
    });
    await ensureEnvironmentApiKey(`${environmentKey}2`);
    await expect(authenticate(bearer(environmentKey), client)).rejects.toThrow(UnauthenticatedError);
    await ensureEnvironmentApiKey(environmentKey);
    expect((await authenticate(bearer(environmentKey), client)).kind).toBe("api-key");
    await ensureEnvironmentApiKey(undefined);
    await expect(authenticate(bearer(environmentKey), client)).rejects.toThrow(UnauthenticatedError);
    await expect(ensureEnvironmentApiKey("short")).rejects.toThrow(/WHARFINGER_API_KEY/);
  });

  it("F8: keeps no secret in the database", async () => {
    await ensureEnvironmentApiKey(environmentKey);
    const dump = JSON.stringify([
      await db().apiKey.findMany(),
      await db().setting.findMany(),
      await db().user.findMany(),
      (await db().auditEvent.findMany()).map((row) => ({ ...row, id: String(row.id) })),
    ]);
    expect(dump).not.toContain(environmentKey);
    expect(dump).not.toContain(password);
  });
});
