import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensureFirstAdmin } from "#lib/people/bootstrap";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { FaultProxy } from "#lib/testing/fault-proxy";
import { type RunningOidcProvider, startOidcProvider } from "#lib/testing/oidc-provider";
import { passProvider, readRefresh } from "#lib/testing/pass-oidc-provider";
import { SignInVisitor } from "#lib/testing/sign-in-visitor";
import { findFreePort } from "../../scripts/stack/ports.ts";

const { db } = attachTestDatabase();
const base = "http://localhost:3000";
process.env.WHARFINGER_BASE_URL = base;
// What the settings promise, and a machine that is busy.
const withinMs = 14_000;
let provider: RunningOidcProvider;
let proxy: FaultProxy;

beforeAll(async () => {
  const port = await findFreePort();
  proxy = await FaultProxy.before(`http://localhost:${port}`);
  provider = await startOidcProvider({
    consoleUrl: base,
    accounts: [{ login: "mara", sub: "42", preferred_username: "mara", groups: [] }],
    port,
    publicPort: proxy.port,
  });
  await ensureFirstAdmin("correct horse battery");
});
afterAll(async () => {
  await proxy.stop();
  await provider.stop();
});
beforeEach(() => {
  proxy.heal();
  process.env.WHARFINGER_OIDC_ISSUER = provider.issuer;
  process.env.WHARFINGER_OIDC_CLIENT_ID = provider.clientId;
  process.env.WHARFINGER_OIDC_CLIENT_SECRET = provider.clientSecret;
});

async function begin(visitor: SignInVisitor): Promise<Response> {
  return visitor.post("/api/auth/signin/oidc", { csrfToken: await visitor.readCsrfToken() });
}

async function timed<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  expect(performance.now() - began).toBeLessThan(withinMs);
  return result;
}

const faults: [string, () => void][] = [
  ["refuses the connection", () => (proxy.fault = "refuse")],
  ["answers a byte a second", () => (proxy.answerBytesPerSecond = 1)],
  ["swallows everything", () => (proxy.fault = "swallow")],
  ["breaks off in the middle", () => (proxy.cut = { afterBytes: 400, how: "reset" })],
  ["ends too early", () => (proxy.cut = { afterBytes: 400, how: "end" })],
  ["stops in the middle", () => (proxy.cut = { afterBytes: 400, how: "hang" })],
  [
    "never ends",
    () => {
      proxy.rewrite = (piece) =>
        Buffer.from(
          piece.toString("latin1").replace(/\r\n(?:content-length: \d+|transfer-encoding: chunked)/i, ""),
          "latin1",
        );
      proxy.endless = Buffer.alloc(64 * 1024, "x");
    },
  ],
];

describe("F6: an identity provider that cannot be spoken with", { timeout: 60_000 }, () => {
  it.each(faults)(
    "one that %s: sign-in says so within the deadline, then works again",
    async (_what, apply) => {
      const visitor = new SignInVisitor(base);
      apply();
      const away = await timed(() => begin(visitor));
      expect(away.headers.get("location")).toContain("error=OAuthSignin");
      proxy.heal();
      proxy.reset();
      expect(readRefresh(await begin(visitor))).toContain(provider.issuer);
    },
  );

  it("one whose name does not resolve", async () => {
    process.env.WHARFINGER_OIDC_ISSUER = "https://id.wharfinger.invalid";
    const away = await timed(() => begin(new SignInVisitor(base)));
    expect(away.headers.get("location")).toContain("error=OAuthSignin");
  });

  it.each(faults.slice(0, 2))(
    "one that %s when its answer is looked at: nobody is signed in",
    async (_what, apply) => {
      const visitor = new SignInVisitor(base);
      const callback = await passProvider(base, readRefresh(await begin(visitor)), "mara");
      apply();
      const answer = await timed(() => visitor.get(callback));
      expect(answer.headers.get("location")).toContain("error=");
      expect(await visitor.whoAmI()).toMatchObject({ kind: "nobody" });
      expect(await db().session.count()).toBe(0);
    },
  );

  it("a slow way is slow, and nothing else", async () => {
    proxy.latencyMs = 200;
    const visitor = new SignInVisitor(base);
    const callback = await passProvider(base, readRefresh(await begin(visitor)), "mara");
    await visitor.get(callback);
    expect(await visitor.whoAmI()).toMatchObject({ kind: "user", name: "mara" });
  });
});
