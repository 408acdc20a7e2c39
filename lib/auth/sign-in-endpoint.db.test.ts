import { afterEach, describe, expect, it } from "vitest";
import { authenticate } from "#lib/auth/authenticate";
import { ensureFirstAdmin } from "#lib/people/bootstrap";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { SignInVisitor, sendToSignIn } from "#lib/testing/sign-in-visitor";

const { db } = attachTestDatabase();
const base = "http://localhost:3000";
process.env.WHARFINGER_BASE_URL = base;
const password = "correct horse battery";

class Visitor extends SignInVisitor {
  constructor() {
    super(base);
  }

  signIn(fields: Record<string, string> = {}): Promise<Response> {
    return this.signInWith({ login: "admin", password, ...fields });
  }
}

function send(path: string, init: RequestInit = {}): Promise<Response> {
  return sendToSignIn(base, path, init);
}

afterEach(async () => {
  process.env.WHARFINGER_BASE_URL = base;
  await db().rateLimit.deleteMany();
});

describe("sign-in endpoint", () => {
  it("signs in with login and password and goes where the person wanted to", async () => {
    await ensureFirstAdmin(password);
    const visitor = new Visitor();
    const answer = await visitor.signIn({ login: " Admin ", callbackUrl: "/images?q=a" });
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toBe(`${base}/images?q=a`);
    expect(await visitor.whoAmI()).toMatchObject({ kind: "user", name: "admin" });
  });

  it("W7: sets a cookie that scripts and other sites cannot use, with https bound to host and path", async () => {
    const line = async () =>
      (await new Visitor().signIn()).headers
        .getSetCookie()
        .find((one) => one.includes("wharfinger.session")) ?? "";
    expect(await line()).toMatch(/^wharfinger\.session=.+; Path=\/; .*HttpOnly; SameSite=Lax$/);
    process.env.WHARFINGER_BASE_URL = "https://console.example";
    const csrf = await send("/api/auth/csrf");
    expect(csrf.headers.getSetCookie()[0]).toMatch(/^__Host-wharfinger\.csrf=.*Secure/);
  });

  it("signs out: the session row ends, not only the cookie", async () => {
    const visitor = new Visitor();
    await visitor.signIn();
    const stolen = visitor.header();
    await visitor.post("/api/auth/signout", { csrfToken: await visitor.readCsrfToken() });
    expect(await authenticate(new Headers({ cookie: stolen }), { address: null, agent: null })).toMatchObject(
      {
        kind: "nobody",
      },
    );
    expect(visitor.cookies.has("wharfinger.session")).toBe(false);
  });

  it("T12: answers a wrong password, an unknown login and a disabled account alike", async () => {
    await db().user.create({ data: { login: "eve", name: "Eve", disabledAt: new Date() } });
    const answers = [];
    const tries: Record<string, string>[] = [
      { password: "wrong password" },
      { login: "nobody-here" },
      { login: "eve" },
      { login: "ädmin" },
    ];
    for (const fields of tries) {
      const answer = await new Visitor().signIn({ ...fields, callbackUrl: "/images" });
      answers.push([answer.status, answer.headers.get("location"), await answer.text()]);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify([303, "/sign-in?error=credentials&callbackUrl=%2Fimages", ""])]),
    );
  });

  it("T12: audits a refusal without the password, and without an unknown login that may be one", async () => {
    await db().auditEvent.deleteMany();
    await new Visitor().signIn({ password: "wrong password" });
    await new Visitor().signIn({ login: "hunter2-my-secret" });
    const rows = await db().auditEvent.findMany({ orderBy: { id: "asc" } });
    expect(rows.map((row) => [row.actor, row.action, row.target, row.outcome])).toEqual([
      ["nobody", "session.refused", "admin", "denied"],
      ["nobody", "session.refused", "hunt…", "denied"],
    ]);
  });

  it("T12: slows an account down and lets the right password in after the wait", async () => {
    for (let count = 0; count < 10; count++) await new Visitor().signIn({ password: "wrong password" });
    const answer = await new Visitor().signIn();
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answer.headers.get("refresh")).toMatch(/^0;url=\/sign-in\?error=throttled&wait=\d+$/);
    await db().rateLimit.updateMany({ data: { resetsAt: new Date(Date.now() - 1) } });
    expect((await new Visitor().signIn()).status).toBe(302);
  });

  it("W6: refuses a sign-in without our token, from another origin, or as text", async () => {
    const visitor = new Visitor();
    const csrfToken = await visitor.readCsrfToken();
    const fields = { login: "admin", password };
    const path = "/api/auth/callback/credentials";
    const noToken = await new Visitor().post(path, fields);
    expect(noToken.headers.get("location")).toContain("/api/auth/signin?csrf=true");
    expect(noToken.headers.getSetCookie().join()).not.toContain("session");
    const stranger = await new Visitor().post(path, { ...fields, csrfToken });
    expect(stranger.headers.getSetCookie().join()).not.toContain("session");
    expect(
      (await visitor.post(path, { ...fields, csrfToken }, { origin: "https://evil.example" })).status,
    ).toBe(403);
    expect((await visitor.post(path, { ...fields, csrfToken }, { origin: "null" })).status).toBe(403);
    expect(
      (await visitor.post(path, { ...fields, csrfToken }, { "content-type": "text/plain" })).status,
    ).toBe(415);
    expect((await visitor.get(`${path}?${new URLSearchParams({ ...fields, csrfToken })}`)).status).toBe(404);
    expect((await visitor.post("/api/auth/signout", {})).headers.get("location")).toContain("csrf=true");
  });

  it("W8: leads to no other place than this console", async () => {
    const evil = [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "/%09/evil.example\t",
      "http://localhost:3000.evil.example/",
      "http://localhost:3000@evil.example/",
      "http://localhost:30001/",
      "javascript:alert(1)",
      "not an address",
      "/.//evil.example",
      "/api/auth/signout",
      "%",
    ];
    for (const callbackUrl of evil) {
      const answer = await new Visitor().signIn({ callbackUrl });
      expect([callbackUrl, answer.headers.get("location")]).toEqual([callbackUrl, `${base}/`]);
      await db().rateLimit.deleteMany();
      const page = await new Visitor().get(`/api/auth/signin?${new URLSearchParams({ callbackUrl })}`);
      expect(page.headers.get("location")).toBe(`/sign-in?callbackUrl=${encodeURIComponent(`${base}/`)}`);
    }
    const visitor = new Visitor();
    visitor.cookies.set("wharfinger.callback-url", "https%3A%2F%2Fevil.example");
    expect((await visitor.signIn()).headers.get("location")).toBe(`${base}/`);
  });

  it("W8: takes no host from the request", async () => {
    const answer = await send("/api/auth/signin", {
      headers: { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
    });
    expect(answer.headers.get("location")).not.toContain("evil");
  });

  it("offers nothing else of next-auth", async () => {
    for (const path of [
      "session",
      "providers",
      "verify-request",
      "callback/credentials",
      "signin/oidc",
      "callback",
    ])
      expect((await send(`/api/auth/${path}`)).status, path).toBe(404);
    for (const path of ["_log", "session", "callback/oidc", "signin/credentials"])
      expect((await send(`/api/auth/${path}`, { method: "POST" })).status, path).toBe(404);
  });

  it("takes no form larger than a form can be", async () => {
    const answer = await new Visitor().post("/api/auth/callback/credentials", { login: "x".repeat(20_000) });
    expect(answer.status).toBe(413);
  });

  it("W11: makes one first admin, whoever starts at once, and never a second", async () => {
    for (let round = 0; round < fuzzRuns(1, 1_000); round++) {
      await db().user.deleteMany();
      const made = await Promise.all(
        Array.from({ length: fuzzRuns(8, 4) }, () => ensureFirstAdmin(password)),
      );
      expect(made.filter((one) => one.created)).toHaveLength(1);
      expect(await db().user.count()).toBe(1);
    }
    expect((await ensureFirstAdmin("another password")).created).toBe(false);
    expect((await new Visitor().signIn({ password: "another password" })).status).toBe(303);
  });
});
