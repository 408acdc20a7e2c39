import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyoneId, signedInId } from "#lib/grants/rules";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { seedGrant, seedPerson, seedPrincipal, seedSecret } from "#lib/testing/seed-access";
import { seedRegistry } from "#lib/testing/seed-inventory";
import { startHotDoors } from "#lib/testing/start-hot-door";
import { jwksDoor, tokenDoor, tokenFormDoor } from "#lib/tokens/hot-door";
import { formatIssuer } from "#lib/tokens/names";
import { flushTokenRecords } from "#lib/tokens/service-records";

const { db } = attachTestDatabase();
let doors: Awaited<ReturnType<typeof startHotDoors>>;
let prod: number;
let other: number;
let ci: string;
let secret: { id: string; value: string };
const hour = 3_600_000;

beforeAll(async () => {
  prod = await seedRegistry(db(), "prod", { protectedPatterns: ["live/**"] });
  other = await seedRegistry(db(), "other");
  await db().registry.update({ where: { id: prod }, data: { tokenMode: "jwks" } });
  ci = await seedPrincipal(db(), "robot", "ci");
  secret = await seedSecret(db(), ci);
  await seedGrant(db(), ci, prod, "team/**", ["push"]);
  await seedGrant(db(), ci, prod, "live/**", ["push", "delete"]);
  await seedGrant(db(), everyoneId, prod, "public/*", ["push"]);
  await seedGrant(db(), signedInId, prod, "inner/**", ["pull"]);
  doors = await startHotDoors([tokenDoor, tokenFormDoor, jwksDoor]);
});
afterAll(() => doors.close());

interface Answer {
  status: number;
  headers: Headers;
  json: Record<string, unknown>;
  access: { type: string; name: string; actions: string[] }[];
  claims: Record<string, unknown>;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

async function read(response: Response): Promise<Answer> {
  const json = (await response.json()) as Record<string, unknown>;
  const claims = typeof json.token === "string" ? decodeJwt(json.token) : {};
  const access = (claims.access ?? []) as Answer["access"];
  return { status: response.status, headers: response.headers, json, access, claims };
}

async function ask(scopes: string[], authorization = "", more = "service=prod"): Promise<Answer> {
  const query = scopes.map((scope) => `&scope=${encodeURIComponent(scope)}`).join("");
  const headers: Record<string, string> = authorization === "" ? {} : { authorization };
  return read(await fetch(`${doors.origin}/api/token?${more}${query}`, { headers }));
}

async function askForm(fields: Record<string, string>): Promise<Answer> {
  return read(
    await fetch(`${doors.origin}/api/token`, { method: "POST", body: new URLSearchParams(fields) }),
  );
}

const asCi = () => basic("ci", secret.value);

describe("the token endpoint", () => {
  it("answers a rightly signed token for the intersection of what is asked and granted", async () => {
    const answer = await ask(["repository:team/api:pull,push,delete", "repository:secret/x:pull"], asCi());
    expect(answer.status).toBe(200);
    expect(answer.access).toEqual([{ type: "repository", name: "team/api", actions: ["pull", "push"] }]);
    const { token, access_token, expires_in, issued_at } = answer.json;
    expect(access_token).toBe(token);
    expect(expires_in).toBe(300);
    expect(Date.now() - Date.parse(String(issued_at))).toBeLessThan(5_000);
    const keys = (await (await fetch(`${doors.origin}/api/token/jwks?service=prod`)).json()) as never;
    const verified = await jwtVerify(String(token), createLocalJWKSet(keys), {
      issuer: formatIssuer(),
      audience: "prod",
      algorithms: ["ES256"],
    });
    expect(verified.payload.sub).toBe("robot:ci");
    // Five minutes from when it was issued; what says since when it holds lies a little before, for clocks behind ours.
    const issuedAtSeconds = Date.parse(String(issued_at)) / 1000;
    const { exp = 0, nbf = 0, iat = 0 } = verified.payload;
    expect(exp - issuedAtSeconds).toBe(300);
    for (const since of [nbf, iat]) expect(issuedAtSeconds - since).toBe(10);
    expect(Object.keys(verified.protectedHeader).toSorted()).toEqual(["alg", "kid", "typ"]);
  });

  it("T11: nobody gets what everyone may pull, and nothing else", async () => {
    const scopes = [
      "repository:public/base:pull,push",
      "repository:inner/x:pull",
      "repository:team/api:pull",
    ];
    const publicOnly = [{ type: "repository", name: "public/base", actions: ["pull"] }];
    for (const header of ["", "Basic", "Basic ", basic("", "")]) {
      const answer = await ask(scopes, header);
      expect([answer.status, answer.access, answer.claims.sub], header).toEqual([200, publicOnly, ""]);
    }
    for (const header of [
      "Bearer nothing",
      "Bearer",
      "Basic !!!",
      `Basic ${btoa("no-colon")}`,
      "Basic AAAA",
      "nonsense",
      `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x41]).toString("base64")}`,
    ]) {
      const answer = await ask(scopes, header);
      expect([answer.status, answer.json.token], header).toEqual([401, undefined]);
      expect(answer.headers.get("www-authenticate")).toBe('Basic realm="wharfinger"');
      expect(answer.json).toMatchObject({ errors: [{ code: "UNAUTHORIZED" }], error: "invalid_grant" });
    }
  });

  it("signed-in pulls what signed-in may", async () => {
    const answer = await ask(["repository:inner/x:pull,push"], asCi());
    expect(answer.access).toEqual([{ type: "repository", name: "inner/x", actions: ["pull"] }]);
  });

  it("protected repositories are pushed to by nobody who is not named", async () => {
    const scope = ["repository:live/shop:pull,push,delete"];
    expect((await ask(scope, asCi())).access).toEqual([
      { type: "repository", name: "live/shop", actions: ["pull"] },
    ]);
    await db().protectionPusher.create({
      data: { registryId: prod, pattern: "live/**", principalId: ci, createdBy: "test" },
    });
    expect((await ask(scope, asCi())).access).toEqual([
      { type: "repository", name: "live/shop", actions: ["pull", "push", "delete"] },
    ]);
    await db().protectionPusher.deleteMany();
    expect((await ask(scope, asCi())).access[0]?.actions).toEqual(["pull"]);
  });

  it("T3: the catalogue only by its own grant, in both spellings", async () => {
    const scopes = [
      "registry:catalog:*",
      "repository::pull",
      "registry:other:*",
      "repository(plugin):team/api:pull",
    ];
    expect((await ask(scopes, asCi())).access).toEqual([]);
    await seedGrant(db(), ci, prod, "**", ["pull", "push", "delete"]);
    expect((await ask(scopes, asCi())).access).toEqual([]);
    await db().grant.deleteMany({ where: { pattern: "**" } });
    const id = await seedGrant(db(), ci, prod, null);
    expect((await ask(scopes, asCi())).access).toEqual([
      { type: "registry", name: "catalog", actions: ["*"] },
      { type: "repository", name: "", actions: ["pull"] },
    ]);
    await db().grant.delete({ where: { id } });
  });

  it("T8: a token of one registry is signed by another key than that of the next, for another audience", async () => {
    await seedGrant(db(), ci, other, "team/**", ["pull"]);
    const [first, second] = await Promise.all([
      ask(["repository:team/api:pull"], asCi()),
      ask(["repository:team/api:pull"], asCi(), "service=other"),
    ]);
    expect([first.claims.aud, second.claims.aud]).toEqual(["prod", "other"]);
    const keys = (await (await fetch(`${doors.origin}/api/token/jwks?service=prod`)).json()) as never;
    await expect(jwtVerify(String(second.json.token), createLocalJWKSet(keys))).rejects.toThrow();
    // Certificate mode: the certificate and no key id.
    const header = decodeProtectedHeader(String(second.json.token));
    expect(Object.keys(header).toSorted()).toEqual(["alg", "typ", "x5c"]);
  });

  it("OAuth2 form: password, scope as one field, and the errors of the specification", async () => {
    const right = {
      grant_type: "password",
      service: "prod",
      client_id: "x",
      username: "ci",
      password: secret.value,
    };
    const answer = await askForm({ ...right, scope: "repository:team/a:pull repository:team/b:push,push" });
    expect(answer.status).toBe(200);
    expect(answer.json.scope).toBe("repository:team/a:pull repository:team/b:push");
    expect(answer.json.refresh_token).toBeUndefined();
    for (const [fields, status, error] of [
      [{ ...right, password: "wrong" }, 401, "invalid_grant"],
      [{ ...right, grant_type: "client_credentials" }, 400, "unsupported_grant_type"],
      [{ ...right, grant_type: "" }, 400, "invalid_request"],
      [{ ...right, username: "" }, 400, "invalid_request"],
      [{ ...right, service: "nowhere" }, 400, "invalid_target"],
      [{ ...right, grant_type: "refresh_token" }, 400, "invalid_request"],
      [{ ...right, grant_type: "refresh_token", refresh_token: "wfr_x" }, 401, "invalid_grant"],
    ] as const) {
      const refused = await askForm(fields);
      expect([refused.status, refused.json.error], JSON.stringify(fields)).toEqual([status, error]);
      expect(refused.json.token).toBeUndefined();
    }
  });

  it("refresh tokens serve one registry and die with their secret", async () => {
    const mine = await seedSecret(db(), ci);
    const first = await ask([], basic("ci", mine.value), "service=prod&offline_token=true");
    expect(first.access).toEqual([]);
    const refresh_token = String(first.json.refresh_token);
    const use = { grant_type: "refresh_token", service: "prod", client_id: "x", refresh_token };
    const scope = "repository:team/api:pull,push";
    expect((await askForm({ ...use, scope })).access[0]?.actions).toEqual(["pull", "push"]);
    expect((await askForm({ ...use, service: "other", scope })).status).toBe(401);
    expect(JSON.stringify(await db().refreshToken.findMany())).not.toContain(refresh_token);
    await db().accessSecret.update({ where: { id: mine.id }, data: { revokedAt: new Date() } });
    expect((await askForm({ ...use, scope })).status).toBe(401);
    await db().accessSecret.update({ where: { id: mine.id }, data: { revokedAt: null } });
    expect((await askForm({ ...use, scope })).status).toBe(200);
    await db().refreshToken.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await askForm({ ...use, scope })).status).toBe(401);
    // Nobody is nobody for ever.
    expect((await ask([], "", "service=prod&offline_token=true")).json.refresh_token).toBeUndefined();
  });

  it("T9: what was taken away is in no token that is asked for afterwards", async () => {
    const robot = await seedPrincipal(db(), "workload", "runner");
    const key = await seedSecret(db(), robot);
    const grant = await seedGrant(db(), robot, prod, "team/*", ["pull"]);
    const header = basic("runner", key.value);
    const pull = async () => {
      const answer = await ask(["repository:team/api:pull"], header);
      return answer.status === 200 ? answer.access.length : answer.status;
    };
    expect(await pull()).toBe(1);
    const steps: [() => Promise<unknown>, number][] = [
      [() => db().grant.update({ where: { id: grant }, data: { revokedAt: new Date() } }), 0],
      [() => db().grant.update({ where: { id: grant }, data: { revokedAt: null } }), 1],
      [() => db().grant.update({ where: { id: grant }, data: { expiresAt: new Date(Date.now() - 1) } }), 0],
      [
        () => db().grant.update({ where: { id: grant }, data: { expiresAt: new Date(Date.now() + hour) } }),
        1,
      ],
      [() => db().accessPrincipal.update({ where: { id: robot }, data: { disabledAt: new Date() } }), 401],
      [() => db().accessPrincipal.update({ where: { id: robot }, data: { disabledAt: null } }), 1],
      [() => db().accessSecret.update({ where: { id: key.id }, data: { expiresAt: new Date() } }), 401],
      [() => db().accessSecret.update({ where: { id: key.id }, data: { expiresAt: null } }), 1],
      [() => db().accessPrincipal.update({ where: { id: robot }, data: { deletedAt: new Date() } }), 401],
      [() => db().accessPrincipal.update({ where: { id: robot }, data: { deletedAt: null } }), 1],
      [() => db().registry.update({ where: { id: prod }, data: { disconnectedAt: new Date() } }), 400],
      [() => db().registry.update({ where: { id: prod }, data: { disconnectedAt: null } }), 1],
      [() => db().grant.delete({ where: { id: grant } }), 0],
      [() => db().accessSecret.delete({ where: { id: key.id } }), 401],
    ];
    for (const [index, [change, expected]] of steps.entries()) {
      await change();
      expect(await pull(), `step ${index}`).toBe(expected);
    }
  });

  it("T9: a person's groups count for twelve hours after their sign-in, and their account decides", async () => {
    const group = await seedPrincipal(db(), "group", "platform");
    await seedGrant(db(), group, prod, "infra/**", ["push"]);
    const person = await seedPerson(db(), "alice", { groups: ["platform"], groupsAt: new Date() });
    const key = await seedSecret(db(), person.principalId);
    const actions = async () => {
      const answer = await ask(["repository:infra/x:pull,push"], basic("alice", key.value));
      return answer.status === 200 ? (answer.access[0]?.actions ?? []) : answer.status;
    };
    expect(await actions()).toEqual(["pull", "push"]);
    const change = (data: object) => db().user.update({ where: { id: person.userId }, data });
    await change({ groupsAt: new Date(Date.now() - 12 * hour) });
    expect(await actions()).toEqual([]);
    await change({ groupsAt: new Date(), groups: ["elsewhere"] });
    expect(await actions()).toEqual([]);
    await change({ groups: ["elsewhere", "platform"] });
    expect(await actions()).toEqual(["pull", "push"]);
    await db().accessPrincipal.update({ where: { id: group }, data: { disabledAt: new Date() } });
    expect(await actions()).toEqual([]);
    await db().accessPrincipal.update({ where: { id: group }, data: { disabledAt: null } });
    await change({ disabledAt: new Date() });
    expect(await actions()).toBe(401);
    await change({ disabledAt: null });
    const answer = await ask(["repository:infra/x:pull"], basic("alice", key.value));
    expect(answer.claims.sub).toBe("user:alice");
  });

  it("the emergency switch opens pull and push to whoever signs in, and nothing to nobody", async () => {
    const change = (enforcement: string) =>
      db().registry.update({ where: { id: prod }, data: { enforcement } });
    await change("suspended");
    const scope = ["repository:any/thing:pull,push,delete", "registry:catalog:*"];
    expect((await ask(scope, asCi())).access).toEqual([
      { type: "repository", name: "any/thing", actions: ["pull", "push"] },
    ]);
    expect((await ask(scope)).access).toEqual([]);
    expect((await ask(scope, basic("ci", "wrong"))).status).toBe(401);
    await change("on");
    expect((await ask(scope, asCi())).access).toEqual([]);
  });

  it("bad input is a 400 of the specification's form, and no token", async () => {
    const many = Array.from({ length: 101 }, (_, index) => `repository:team/r${index}:pull`);
    expect((await ask(many.slice(1), asCi())).access).toHaveLength(100);
    const queries = [
      "",
      "service=",
      "service=prod&service=prod",
      "service=prod&account=a&account=b",
      "service=prod&scope=%zz",
      "service=prod&scope=%ff",
      "service=nowhere",
      "service=prod&scope=team/api",
      "service=prod&scope=repository:team/api",
      "service=prod&scope=:team/api:pull",
      `service=prod&scope=repository:${"a".repeat(10_000)}:pull`,
      `service=prod&${many.map((scope) => `scope=${scope}`).join("&")}`,
      `service=prod&scope=${many.join("+")}`,
      `service=prod&${Array.from({ length: 1_000 }, () => "scope=a:b:c").join("&")}`,
    ];
    for (const query of queries) {
      const answer = await read(
        await fetch(`${doors.origin}/api/token?${query}`, { headers: { authorization: asCi() } }),
      );
      expect([answer.status, answer.json.token], query.slice(0, 100)).toEqual([400, undefined]);
      expect(answer.json).toHaveProperty("errors.0.message");
    }
    for (const [body, type, status] of [
      ["a".repeat(70_000), "application/x-www-form-urlencoded", 413],
      ["{}", "application/json", 415],
      ["grant_type=password&grant_type=password&service=prod", "application/x-www-form-urlencoded", 400],
      ["grant_type=%E0%A4%A&service=prod", "application/x-www-form-urlencoded", 400],
    ] as const) {
      const response = await fetch(`${doors.origin}/api/token`, {
        method: "POST",
        body,
        headers: { "content-type": type },
      });
      expect(response.status, body.slice(0, 50)).toBe(status);
    }
  });

  it("records refusals, folded, with a reason, visible within a second, and without secrets", async () => {
    await flushTokenRecords();
    await db().tokenDenial.deleteMany();
    const headers = {
      authorization: asCi(),
      "user-agent": `docker/27 ${secret.value} eyJhbGciOi.eyJzdWIi.x`,
    };
    const query = "service=prod&scope=repository:foreign/x:pull,push&scope=repository:live/y:push";
    for (let index = 0; index < 20; index++)
      await (await fetch(`${doors.origin}/api/token?${query}`, { headers })).text();
    await ask([], basic(secret.value, "typed-into-the-wrong-field"));
    await ask([], basic("ci", "wfs_wrong"));
    await ask([], basic("my-password-typed-as-name", "x"));
    const expired = await seedSecret(db(), ci, { expiresAt: new Date(Date.now() - 1) });
    expect((await ask([], basic("ci", expired.value))).json.error_description).toMatch(/has expired/);
    await expect
      .poll(() => db().tokenDenial.count(), { timeout: 1_000, interval: 50 })
      .toBeGreaterThanOrEqual(5);
    const rows = await db().tokenDenial.findMany({ orderBy: { id: "asc" } });
    expect(
      rows.map((row) => [row.reason, row.account, row.repository, row.actions, Number(row.count)]).toSorted(),
    ).toEqual([
      ["expired-secret", "ci", null, [], 1],
      ["no-grant", null, "foreign/x", ["pull", "push"], 20],
      ["protected", null, "live/y", ["push"], 20],
      ["wrong-credentials", null, null, [], 2],
      ["wrong-credentials", "ci", null, [], 1],
    ]);
    const text = JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? String(value) : value));
    for (const word of [secret.value, expired.value, "wrong-field", "my-password", "eyJzdWIi"])
      expect(text).not.toContain(word);
    expect(rows.find((row) => row.reason === "no-grant")?.detail).toBe(
      "robot:ci has no grant to pull and push foreign/x in prod. A grant of pull and push on it, or on a pattern that covers it, lets it.",
    );
  });

  it("W3: keeps of what somebody asked for, who did not sign in rightly, nothing that is no name or action", async () => {
    await flushTokenRecords();
    await db().tokenDenial.deleteMany();
    const wrong = { authorization: basic("ci", "wfs_wrong") };
    for (const scope of ["repository:a%00b:pull", "repository:a:pu%00ll", `repository:${secret.value}:pull`])
      await (await fetch(`${doors.origin}/api/token?service=prod&scope=${scope}`, { headers: wrong })).text();
    await (
      await fetch(`${doors.origin}/api/token?service=prod&scope=repository:team/x:pull,fly`, {
        headers: wrong,
      })
    ).text();
    await flushTokenRecords();
    const rows = await db().tokenDenial.findMany({ orderBy: { id: "asc" } });
    expect(
      rows.map(({ repository, actions, count }) => [repository, actions, Number(count)]).toSorted(),
    ).toEqual([
      [null, [], 2],
      ["a", [], 1],
      ["team/x", ["pull"], 1],
    ]);
  });

  it("notes when and from where a secret was last used, and what for", async () => {
    await flushTokenRecords();
    await db().accessUseDay.deleteMany();
    const grant = await db().grant.findFirstOrThrow({ where: { pattern: "team/**", registryId: prod } });
    await db().grantUse.deleteMany();
    for (let index = 0; index < 7; index++) await ask(["repository:team/used:pull,push"], asCi());
    await flushTokenRecords();
    const use = await db().secretUse.findUniqueOrThrow({ where: { secretId: secret.id } });
    expect(Number(use.useCount)).toBeGreaterThanOrEqual(7);
    expect(Date.now() - use.lastUsedAt.getTime()).toBeLessThan(30_000);
    expect(Number((await db().grantUse.findUniqueOrThrow({ where: { grantId: grant.id } })).useCount)).toBe(
      14,
    );
    const days = await db().accessUseDay.findMany({ orderBy: { action: "asc" } });
    expect(days.map((day) => [day.repository, day.action, Number(day.useCount), day.principalId])).toEqual([
      ["team/used", "pull", 7, ci],
      ["team/used", "push", 7, ci],
    ]);
  });
});
