import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CompactSign, decodeJwt, exportSPKI, generateKeyPair, importJWK } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { seedGrant, seedPrincipal, seedTrustRule } from "#lib/testing/seed-access";
import { seedRegistry } from "#lib/testing/seed-inventory";
import { startHotDoors } from "#lib/testing/start-hot-door";
import { startWorkloadIssuer, type WorkloadIssuer } from "#lib/testing/workload-issuer";
import { tokenExchangeDoor } from "#lib/tokens/exchange-door";
import { tokenDoor, tokenFormDoor } from "#lib/tokens/hot-door";
import { flushTokenRecords } from "#lib/tokens/service-records";

const { db } = attachTestDatabase();
const audience = "https://wharfinger.example.com";
const mainBranch = "repo:acme/api:ref:refs/heads/main";
const otherBranch = "repo:acme/api:ref:refs/heads/feature/x";
let issuer: WorkloadIssuer;
let doors: Awaited<ReturnType<typeof startHotDoors>>;
let canary: { url: string; touched: () => number; close(): void };
let robot: string;
let rule: string;

beforeAll(async () => {
  issuer = await startWorkloadIssuer({ subjects: [mainBranch, otherBranch] });
  for (const cidr of ["127.0.0.0/8", "::1/128"])
    await db().allowedNetwork.create({ data: { cidr, reason: "test", createdByName: "test" } });
  const prod = await seedRegistry(db(), "prod");
  robot = await seedPrincipal(db(), "robot", "ci-api");
  await seedGrant(db(), robot, prod, "api/**", ["push"]);
  rule = await seedTrustRule(db(), robot, {
    issuer: issuer.issuer,
    audience,
    subjectPattern: "repo:acme/api:ref:refs/heads/*",
    claims: { environment: "production" },
  });
  doors = await startHotDoors([tokenDoor, tokenFormDoor, tokenExchangeDoor]);
  let touched = 0;
  const server = createServer((_, response) => {
    touched += 1;
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  canary = { url, touched: () => touched, close: () => server.close() };
});
afterAll(async () => {
  await doors.close();
  await issuer.stop();
  canary.close();
});

const scope = "repository:api/web:pull,push";

/** So many wrong tokens in a row are slowed: refused all the same. */
function told(status: number): number {
  return status === 429 ? 401 : status;
}

async function asPassword(token: string, name = "ci-api"): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${name}:${token}`).toString("base64")}`;
  const response = await fetch(`${doors.origin}/api/token?service=prod&scope=${scope}`, {
    headers: { authorization },
  });
  const json = (await response.json()) as { token?: string };
  if (response.status === 200) expect(decodeJwt(json.token ?? "").sub).toBe("robot:ci-api");
  else expect(json.token).toBeUndefined();
  return told(response.status);
}

async function exchange(token: string, more: Record<string, string> = {}) {
  const fields = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: token,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    audience: "prod",
    scope,
    ...more,
  };
  const response = await fetch(`${doors.origin}/api/v1/token-exchange`, {
    method: "POST",
    body: new URLSearchParams(fields),
  });
  return { status: told(response.status), json: (await response.json()) as Record<string, unknown> };
}

const nowSeconds = () => Math.floor(Date.now() / 1000);
const rightClaims = () => ({
  iss: issuer.issuer,
  sub: mainBranch,
  aud: audience,
  exp: nowSeconds() + 300,
  iat: nowSeconds(),
  environment: "production",
});

/** Signed with the issuer's own key, whatever the header and the payload say. */
async function sign(claims: object | string, header: object = {}, key: unknown = null): Promise<string> {
  const text = typeof claims === "string" ? claims : JSON.stringify(claims);
  const own = key ?? (await importJWK(issuer.key, "RS256"));
  const whole = { alg: "RS256", kid: issuer.key.kid, typ: "JWT", ...header };
  return new CompactSign(new TextEncoder().encode(text)).setProtectedHeader(whole).sign(own as CryptoKey);
}

/** Put together by hand, for what no library signs. */
function forge(header: object, claims: object, signature = "AAAA"): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.${signature}`;
}

describe("tokens of OpenID issuers instead of secrets", () => {
  it("a pipeline signs in with its own token, as password or by exchange", async () => {
    const token = await issuer.getToken(mainBranch, audience);
    expect(await asPassword(token)).toBe(200);
    const { status, json } = await exchange(token, { access_type: "offline" });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      token_type: "Bearer",
      issued_token_type: "urn:ietf:params:oauth:token-type:jwt",
      expires_in: 300,
      scope,
    });
    expect(decodeJwt(String(json.access_token)).access).toEqual([
      { type: "repository", name: "api/web", actions: ["pull", "push"] },
    ]);
    const use = { grant_type: "refresh_token", service: "prod", refresh_token: String(json.refresh_token) };
    const refresh = () =>
      fetch(`${doors.origin}/api/token`, { method: "POST", body: new URLSearchParams(use) });
    expect((await refresh()).status).toBe(200);
    await db().trustRule.update({ where: { id: rule }, data: { revokedAt: new Date() } });
    expect((await refresh()).status).toBe(401);
    expect(await asPassword(token)).toBe(401);
    await db().trustRule.update({ where: { id: rule }, data: { revokedAt: null } });
    expect(await asPassword(token)).toBe(200);
    await flushTokenRecords();
    expect((await db().trustRule.findUniqueOrThrow({ where: { id: rule } })).lastUsedAt).not.toBeNull();
  });

  it("only the right name, subject, audience and claims are the principal's", async () => {
    const token = await issuer.getToken(mainBranch, audience);
    expect(await asPassword(token, "ci-other")).toBe(401);
    expect((await exchange(token, { principal: "ci-other" })).status).toBe(401);
    expect(await asPassword(await issuer.getToken(otherBranch, audience))).toBe(401);
    expect(await asPassword(await issuer.getToken(mainBranch, "https://elsewhere.example.com"))).toBe(401);
    await db().accessPrincipal.update({ where: { id: robot }, data: { disabledAt: new Date() } });
    expect(await asPassword(token)).toBe(401);
    await db().accessPrincipal.update({ where: { id: robot }, data: { disabledAt: null } });
    expect(await asPassword(token)).toBe(200);
    expect(await asPassword(await sign(rightClaims()))).toBe(200);
    expect(await asPassword(await sign({ ...rightClaims(), aud: ["x", audience] }))).toBe(200);
    for (const change of [
      { environment: "staging" },
      { environment: undefined },
      { environment: ["production"] },
      { aud: "x" },
      { aud: [] },
      { aud: undefined },
      { aud: { [audience]: true } },
      { sub: `${mainBranch}/deeper` },
      { sub: `x${mainBranch}` },
      { sub: "" },
      { sub: undefined },
      { sub: ["repo:acme/api:ref:refs/heads/main"] },
      { iss: "https://elsewhere.example.com" },
      { iss: `${issuer.issuer}/` },
      { iss: undefined },
      { exp: nowSeconds() - 61 },
      { exp: undefined },
      { exp: String(nowSeconds() + 300) },
      { nbf: nowSeconds() + 120 },
    ])
      expect(await asPassword(await sign({ ...rightClaims(), ...change })), JSON.stringify(change)).toBe(401);
    // T14: a minute of leeway, and no more.
    expect(await asPassword(await sign({ ...rightClaims(), exp: nowSeconds() - 50 }))).toBe(200);
    expect(await asPassword(await sign({ ...rightClaims(), nbf: nowSeconds() + 50 }))).toBe(200);
  });

  it("T7: tokens that bring their key along, use the public one as a secret, or no signature, are refused", async () => {
    const own = await generateKeyPair("RS256", { extractable: true });
    const publicJwk = { kty: issuer.key.kty, n: issuer.key.n, e: issuer.key.e };
    const pem = await exportSPKI(
      (await importJWK({ ...publicJwk, alg: "RS256" }, "RS256", { extractable: true })) as CryptoKey,
    );
    const hmac = (secret: string) => sign(rightClaims(), { alg: "HS256" }, new TextEncoder().encode(secret));
    const ownPublic = await crypto.subtle.exportKey("jwk", own.publicKey);
    const right = await sign(rightClaims());
    const [head = "", body = "", signature = ""] = right.split(".");
    const repeated = JSON.stringify(rightClaims()).replace("{", `{"sub":"repo:evil/x:ref:refs/heads/main",`);
    const tokens: Record<string, string> = {
      "alg none": forge({ alg: "none", kid: issuer.key.kid }, rightClaims(), ""),
      "alg none, spelled": forge({ alg: "nOnE", kid: issuer.key.kid }, rightClaims()),
      "no alg": forge({ kid: issuer.key.kid }, rightClaims(), signature),
      "no signature": `${head}.${body}.`,
      "HS256 with the public key": await hmac(pem),
      "HS256 with the modulus": await hmac(String(issuer.key.n)),
      "right kid, wrong key": await sign(rightClaims(), {}, own.privateKey),
      "no kid, wrong key": await sign(rightClaims(), { kid: undefined }, own.privateKey),
      "embedded jwk": await sign(rightClaims(), { jwk: ownPublic }, own.privateKey),
      "embedded jwk of the issuer": await sign(rightClaims(), { jwk: publicJwk }),
      jku: await sign(rightClaims(), { jku: `${canary.url}/jwks` }, own.privateKey),
      "jku, rightly signed": await sign(rightClaims(), { jku: `${canary.url}/jwks` }),
      x5u: await sign(rightClaims(), { x5u: `${canary.url}/cert` }, own.privateKey),
      x5c: await sign(rightClaims(), { x5c: ["MIIB"] }),
      "kid that is a path": await sign(rightClaims(), { kid: "../../../../dev/null" }),
      "kid that is an address": await sign(rightClaims(), { kid: `${canary.url}/key` }),
      "kid that is a statement": await sign(rightClaims(), { kid: "x' UNION SELECT 'y" }),
      "kid that is no text": forge({ alg: "RS256", kid: 1 }, rightClaims(), signature),
      "kid of another case": await sign(rightClaims(), { kid: issuer.key.kid.toUpperCase() }),
      "kid twice": `${Buffer.from(`{"alg":"RS256","kid":"x","kid":"${issuer.key.kid}"}`).toString("base64url")}.${body}.${signature}`,
      crit: forge({ alg: "RS256", kid: issuer.key.kid, crit: ["b64"], b64: false }, rightClaims(), signature),
      "odd typ": await sign(rightClaims(), { typ: "secevent+jwt" }),
      "claims twice": await sign(repeated),
      __proto__: await sign(
        `{"__proto__":{"environment":"production"},${JSON.stringify({ ...rightClaims(), environment: undefined }).slice(1)}`,
      ),
      "no object": await sign("[]"),
      "not JSON": await sign("{"),
      "not UTF-8": await sign(`{"sub":"\ud800"}`),
      "other body": `${head}.${Buffer.from(JSON.stringify({ ...rightClaims(), sub: mainBranch })).toString("base64url")}x.${signature}`,
      "cut short": right.slice(0, -10),
      padded: `${right}==`,
      "with a blank": `${head} .${body}.${signature}`,
      "four parts": `${right}.x`,
      encrypted: `${head}.a.b.c.d`,
      "huge header": await sign(rightClaims(), { padding: "x".repeat(8_000) }),
      "just the prefix": "eyJ",
    };
    for (const [name, token] of Object.entries(tokens)) {
      expect(await asPassword(token), name).toBe(401);
      if (!/blank/.test(name)) expect((await exchange(token)).status, name).toBe(401);
    }
    expect(canary.touched()).toBe(0);
    expect(await asPassword(right)).toBe(200);
  });

  it("T13: unknown keys make us ask the issuer a bounded number of times, and issuers without a rule never", async () => {
    const before = issuer.requests.length;
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sign(rightClaims(), { kid: `unknown-${index}` })),
    );
    expect(new Set(await Promise.all(tokens.map((token) => asPassword(token))))).toEqual(new Set([401]));
    // Two requests are one look: the discovery document and the keys.
    expect(issuer.requests.length - before).toBeLessThanOrEqual(2);
    expect(await asPassword(forge({ alg: "RS256", kid: "x" }, { ...rightClaims(), iss: canary.url }))).toBe(
      401,
    );
    expect(canary.touched()).toBe(0);
  });

  it("O1, O4: an issuer in a network that nobody allowed is not asked, nor where it redirects to", async () => {
    let asked = 0;
    const hostile = createServer((request, response) => {
      asked += 1;
      const { port } = hostile.address() as AddressInfo;
      const self = `http://localhost:${port}`;
      if (request.url?.startsWith("/redirects"))
        response.writeHead(302, { location: `${canary.url}/` }).end();
      else if (request.url === "/huge/.well-known/openid-configuration") response.end(" ".repeat(1_000_000));
      else if (request.url === "/alien/.well-known/openid-configuration")
        response.end(JSON.stringify({ issuer: `${self}/alien`, jwks_uri: "http://169.254.169.254/keys" }));
      else response.end(JSON.stringify({ issuer: "https://somebody.else", jwks_uri: `${canary.url}/jwks` }));
    });
    await new Promise<void>((resolve) => hostile.listen(0, "localhost", resolve));
    const self = `http://localhost:${(hostile.address() as AddressInfo).port}`;
    const issuers = ["redirects", "huge", "alien", "other"].map((path) => `${self}/${path}`);
    for (const [index, iss] of [
      ...issuers,
      "http://169.254.169.254",
      "http://[::ffff:169.254.169.254]/x",
    ].entries()) {
      await seedTrustRule(db(), robot, { issuer: iss, audience, subjectPattern: "**" });
      expect(await asPassword(await sign({ ...rightClaims(), iss })), iss).toBe(401);
      expect(asked, iss).toBe(Math.min(index + 1, issuers.length));
    }
    await db().allowedNetwork.deleteMany();
    const closed = `${self}/closed`;
    await seedTrustRule(db(), robot, { issuer: closed, audience, subjectPattern: "**" });
    expect(await asPassword(await sign({ ...rightClaims(), iss: closed }))).toBe(401);
    expect(asked).toBe(issuers.length);
    expect(canary.touched()).toBe(0);
    hostile.close();
  });

  it("an exchange that is malformed is told so", async () => {
    const token = await sign(rightClaims());
    for (const [more, error] of [
      [{ grant_type: "password" }, "unsupported_grant_type"],
      [{ subject_token: "" }, "invalid_request"],
      [{ subject_token_type: "urn:ietf:params:oauth:token-type:saml2" }, "invalid_request"],
      [{ audience: "" }, "invalid_request"],
      [{ audience: "nowhere" }, "invalid_target"],
      [{ scope: "api/web" }, "invalid_request"],
      [{ requested_token_type: "urn:ietf:params:oauth:token-type:saml2" }, "invalid_request"],
    ] as const) {
      const { status, json } = await exchange(token, more);
      expect([status, json.error], JSON.stringify(more)).toEqual([400, error]);
    }
  });
});
