import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensureFirstAdmin } from "#lib/people/bootstrap";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { type RunningOidcProvider, startOidcProvider } from "#lib/testing/oidc-provider";
import { passProvider, readRefresh } from "#lib/testing/pass-oidc-provider";
import { SignInVisitor } from "#lib/testing/sign-in-visitor";

const { db } = attachTestDatabase();
const base = "http://localhost:3000";
process.env.WHARFINGER_BASE_URL = base;
let provider: RunningOidcProvider;

beforeAll(async () => {
  provider = await startOidcProvider({
    consoleUrl: base,
    accounts: [
      {
        login: "mara",
        sub: "42",
        name: "Mara Lind",
        preferred_username: "mara",
        email: "admin@x.example",
        groups: ["platform"],
      },
      {
        login: "twin",
        sub: "43",
        name: "Mara Lind",
        preferred_username: "admin",
        email: "admin@x.example",
        groups: [],
      },
    ],
  });
});
afterAll(() => provider.stop());

beforeEach(async () => {
  await db().user.deleteMany();
  await ensureFirstAdmin("correct horse battery");
  setProvider(provider.issuer);
});
afterEach(() => setProvider(null));

function setProvider(issuer: string | null): void {
  const values = {
    WHARFINGER_OIDC_ISSUER: issuer,
    WHARFINGER_OIDC_CLIENT_ID: provider.clientId,
    WHARFINGER_OIDC_CLIENT_SECRET: provider.clientSecret,
    WHARFINGER_OIDC_ROLE_MAP: "platform=engineer,boss=admin",
  };
  for (const [name, value] of Object.entries(values))
    if (issuer === null) delete process.env[name];
    else process.env[name] = value ?? "";
}

/** Through the console, the provider's page and back, as a browser goes. */
async function signIn(
  login: string,
  visitor = new SignInVisitor(base),
): Promise<{ visitor: SignInVisitor; answer: Response }> {
  const start = await visitor.post("/api/auth/signin/oidc", {
    csrfToken: await visitor.readCsrfToken(),
    callbackUrl: "/images",
  });
  const callback = await passProvider(base, readRefresh(start), login);
  return { visitor, answer: await visitor.get(callback) };
}

describe("sign-in through an identity provider", () => {
  it("makes an account at the first sign-in, with the roles of its groups", async () => {
    const { visitor, answer } = await signIn("mara");
    expect(answer.headers.get("location")).toBe(`${base}/images`);
    expect(await visitor.whoAmI()).toMatchObject({
      kind: "user",
      name: "mara",
      bindings: [{ role: "engineer", registryId: null, pattern: null }],
    });
    const user = await db().user.findUniqueOrThrow({ where: { login: "mara" } });
    expect(user).toMatchObject({
      oidcIssuer: provider.issuer,
      oidcSubject: "42",
      groups: ["platform"],
      name: "Mara Lind",
    });
    await signIn("mara");
    expect(await db().user.count()).toBe(2);
  });

  it("T9: replaces the roles of groups at each sign-in and leaves those given by hand", async () => {
    await signIn("mara");
    const user = await db().user.findUniqueOrThrow({ where: { login: "mara" } });
    await db().roleBinding.create({ data: { userId: user.id, role: "auditor" } });
    const account = provider.accounts.get("mara");
    if (!account) throw new Error("account");
    const groups = account.groups;
    account.groups = ["boss"];
    await signIn("mara");
    const roles = async () =>
      (await db().roleBinding.findMany({ where: { userId: user.id }, orderBy: { role: "asc" } })).map(
        (row) => row.role,
      );
    expect(await roles()).toEqual(["admin", "auditor"]);
    account.groups = [];
    await signIn("mara");
    expect(await roles()).toEqual(["auditor"]);
    account.groups = groups;
  });

  it("W13: never leads to an account of the same login or e-mail address", async () => {
    await db().user.updateMany({ where: { login: "admin" }, data: { email: "admin@x.example" } });
    await signIn("mara");
    const { visitor } = await signIn("twin");
    expect(await visitor.whoAmI()).toMatchObject({ name: "admin-2", bindings: [] });
    expect(await db().user.count()).toBe(3);
  });

  it("refuses a disabled account and audits it", async () => {
    await signIn("mara");
    await db().user.updateMany({ where: { login: "mara" }, data: { disabledAt: new Date() } });
    const { visitor, answer } = await signIn("mara");
    expect(answer.headers.get("location")).toBe("/sign-in?error=denied&callbackUrl=%2Fimages");
    expect(await visitor.whoAmI()).toMatchObject({ kind: "nobody" });
    expect(await db().auditEvent.findFirstOrThrow({ orderBy: { id: "desc" } })).toMatchObject({
      action: "session.refused",
      target: "mara",
    });
  });

  it("W6: takes no answer of the provider that this browser did not ask for", async () => {
    const visitor = new SignInVisitor(base);
    const start = await visitor.post("/api/auth/signin/oidc", { csrfToken: await visitor.readCsrfToken() });
    const address = new URL(readRefresh(start));
    expect(address.searchParams.get("code_challenge_method")).toBe("S256");
    expect(address.searchParams.get("state")).toBeTruthy();
    expect(address.searchParams.get("nonce")).toBeTruthy();
    const callback = await passProvider(base, address.href, "mara");
    const stranger = new SignInVisitor(base);
    await stranger.get(callback);
    expect(await stranger.whoAmI()).toMatchObject({ kind: "nobody" });
    const changed = new URL(callback);
    changed.searchParams.set("state", "another");
    await visitor.get(changed.href);
    expect(await visitor.whoAmI()).toMatchObject({ kind: "nobody" });
    expect(await db().user.count()).toBe(1);
  });

  it("says so when the person is not known there, or the provider is away", async () => {
    const { answer } = await signIn("stranger");
    expect(answer.headers.get("location")).toContain("error=");
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "localhost", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    setProvider(`http://localhost:${port}`);
    const visitor = new SignInVisitor(base);
    const away = await visitor.post("/api/auth/signin/oidc", { csrfToken: await visitor.readCsrfToken() });
    expect(away.headers.get("location")).toContain("error=OAuthSignin");
  });

  it("O10: keeps codes, tokens and the client secret out of the database", async () => {
    const { visitor } = await signIn("mara");
    const dump = JSON.stringify([
      await db().user.findMany(),
      await db().session.findMany(),
      (await db().auditEvent.findMany()).map((row) => ({ ...row, id: String(row.id) })),
    ]);
    expect(dump).not.toContain(provider.clientSecret);
    expect(dump).not.toContain("eyJ");
    expect(visitor.header()).not.toContain(provider.clientSecret);
  });
});
