import { beforeEach, describe, expect, it } from "vitest";
import { type Context, nobody } from "#lib/auth/context";
import type { Role } from "#lib/auth/permissions";
import { handleSignInRequest } from "#lib/auth/sign-in-endpoint";
import { UnauthenticatedError } from "#lib/http/errors";
import { hashPassword } from "#lib/people/password";
import { accountLimit, addressLimit } from "#lib/sessions/rate-limit";
import { listSessionsQuery } from "#lib/sessions/schema";
import { listSessions, revokeSession } from "#lib/sessions/service";
import { signInWithPassword } from "#lib/sessions/sign-in";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const { db } = attachTestDatabase();
const password = "a good password";

async function signIn(login: string, role: Role | null, address = "192.0.2.1"): Promise<Context> {
  const passwordHash = await hashPassword(password);
  const user = await db().user.upsert({
    where: { login },
    create: { login, name: login, passwordHash },
    update: {},
  });
  const ctx = { principal: nobody, requestId: "test", now: new Date(), address, agent: "test" };
  const result = await signInWithPassword(ctx, login, password);
  if (!result.ok) throw new Error(result.reason);
  const bindings = role ? [{ role, registryId: null, pattern: null }] : [];
  return {
    ...ctx,
    principal: { kind: "user", id: user.id, name: login, bindings, sessionId: result.sessionId },
  };
}

beforeEach(async () => {
  await db().user.deleteMany();
  await db().rateLimit.deleteMany();
});

const idOf = (ctx: Context) => ctx.principal.sessionId ?? "";
const list = async (ctx: Context, query: object = {}) =>
  (await listSessions(ctx, listSessionsQuery.parse(query))).items.map((one) => one.user);

describe("sessions", () => {
  it("W2: shows and ends one's own, and of others not even that they exist", async () => {
    const mara = await signIn("mara", "viewer");
    const eve = await signIn("eve", "engineer");
    expect(await list(mara)).toEqual(["mara"]);
    expect(await list(mara, { user: "eve" })).toEqual([]);
    await expect(revokeSession(mara, idOf(eve))).rejects.toMatchObject({ status: 404 });
    const unknown = await revokeSession(mara, crypto.randomUUID()).catch((error: Error) => error.message);
    const foreign = await revokeSession(mara, idOf(eve)).catch((error: Error) => error.message);
    expect(foreign).toBe(unknown);
    await revokeSession(mara, idOf(mara));
    expect(await list(mara)).toEqual([]);
    expect(await list(eve)).toEqual(["eve"]);
  });

  it("lets an auditor read all of them and an admin end them, with an audit row", async () => {
    const mara = await signIn("mara", null);
    const auditor = await signIn("audra", "auditor");
    const admin = await signIn("ada", "admin");
    expect((await list(auditor)).toSorted()).toEqual(["ada", "audra", "mara"]);
    expect(await list(auditor, { user: "mara" })).toEqual(["mara"]);
    await expect(revokeSession(auditor, idOf(mara))).rejects.toMatchObject({ status: 403 });
    await revokeSession(admin, idOf(mara));
    await expect(revokeSession(admin, idOf(mara))).rejects.toMatchObject({ status: 404 });
    expect(await db().auditEvent.findFirstOrThrow({ orderBy: { id: "desc" } })).toMatchObject({
      action: "session.revoke",
      actor: "ada",
      target: "mara",
    });
  });

  it("asks nobody in and shows an API key none", async () => {
    const mara = await signIn("mara", "viewer");
    await expect(list({ ...mara, principal: nobody })).rejects.toThrow(UnauthenticatedError);
    const key = { ...mara.principal, kind: "api-key" as const, sessionId: null };
    expect(await list({ ...mara, principal: key })).toEqual([]);
    await expect(revokeSession({ ...mara, principal: key }, idOf(mara))).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe("limits of sign-in", () => {
  const ctx = (address: string | null, now = new Date()): Context => ({
    principal: nobody,
    requestId: "test",
    now,
    address,
    agent: "test",
  });

  it("T12: count tries that come all at once", async () => {
    const tries = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        signInWithPassword(ctx(`192.0.2.${index}`), "mara", "wrong password"),
      ),
    );
    const looked = tries.filter((one) => !one.ok && one.reason === "refused");
    expect(looked).toHaveLength(accountLimit.points);
    expect(await db().auditEvent.count({ where: { action: "session.refused" } })).toBeGreaterThan(0);
  });

  it("T12: count an address over all accounts, IPv6 by its network, and let go after the window", async () => {
    const now = new Date();
    for (let index = 0; index < addressLimit.points; index++)
      await signInWithPassword(ctx(`2001:db8:1:2::${index.toString(16)}`, now), `login${index}`, "x");
    const blocked = await signInWithPassword(ctx("2001:db8:1:2:ffff::1", now), "other", "x");
    expect(blocked).toMatchObject({ ok: false, reason: "throttled", retryAfterSeconds: 600 });
    expect(await signInWithPassword(ctx("2001:db8:1:3::1", now), "other", "x")).toMatchObject({
      reason: "refused",
    });
    const later = new Date(now.getTime() + addressLimit.windowMs);
    expect(await signInWithPassword(ctx("2001:db8:1:2::1", later), "other", "x")).toMatchObject({
      reason: "refused",
    });
  });

  it("T12: let no more than their share of many tries be looked at, from many addresses and over many windows", async () => {
    const tries = fuzzRuns(300, 10_000);
    const windows = 5;
    const start = Date.now() + 86_400_000;
    const answers = new Map<string, number>();
    for (let begun = 0; begun < tries; begun += 20)
      await Promise.all(
        Array.from({ length: 20 }, async (_, offset) => {
          const number = begun + offset;
          const window = Math.floor((number / tries) * windows);
          const now = new Date(start + window * accountLimit.windowMs);
          // An address of its own for each try: only the account is left to count.
          const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
          const result = await signInWithPassword(ctx(address, now), "mara", `guess ${number}`);
          const answer = result.ok ? "in" : result.reason;
          answers.set(answer, (answers.get(answer) ?? 0) + 1);
        }),
      );
    const looked = windows * accountLimit.points;
    expect(Object.fromEntries(answers)).toEqual({ refused: looked, throttled: tries - looked });
  });

  it("T12: forget an account's failures once its password was right", async () => {
    await signIn("mara", null);
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < accountLimit.points - 1; index++)
        await signInWithPassword(ctx("192.0.2.7"), "mara", "wrong password");
      expect(await signInWithPassword(ctx("192.0.2.7"), "mara", password)).toMatchObject({ ok: true });
    }
  });

  it("T12: take the same work for a login that does not exist", async () => {
    await signIn("mara", null);
    const measure = async (login: string): Promise<number> => {
      const times: number[] = [];
      for (let index = 0; index < fuzzRuns(15, 300); index++) {
        await db().rateLimit.deleteMany();
        const startedAt = performance.now();
        await signInWithPassword(ctx("192.0.2.8"), login, "wrong password");
        times.push(performance.now() - startedAt);
      }
      return times.toSorted((a, b) => a - b)[Math.floor(times.length / 5)] ?? 0;
    };
    await measure("warm-up");
    const known = await measure("mara");
    const unknown = await measure("nobody-here");
    expect(Math.abs(known - unknown) / Math.max(known, unknown)).toBeLessThan(0.5);
  });
});

it("answers 503, not a refusal, when the database is away", async () => {
  const url = process.env.DATABASE_URL;
  const shared = globalThis as typeof globalThis & { wharfingerDb?: unknown };
  const present = shared.wharfingerDb;
  const csrf = await handleSignInRequest(new Request("http://localhost:3000/api/auth/csrf"), ["csrf"]);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const cookie = csrf.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  try {
    shared.wharfingerDb = undefined;
    process.env.DATABASE_URL = "postgresql://nobody:nothing@127.0.0.1:1/none";
    const answer = await handleSignInRequest(
      new Request("http://localhost:3000/api/auth/callback/credentials", {
        method: "POST",
        headers: { cookie },
        body: new URLSearchParams({ csrfToken, login: "mara", password }),
      }),
      ["callback", "credentials"],
    );
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain("nothing");
  } finally {
    shared.wharfingerDb = present;
    process.env.DATABASE_URL = url;
  }
});
