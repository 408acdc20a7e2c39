import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createUser, type TestUser } from "./identities.ts";
import { CookieJar, type SignIn, signIn } from "./sign-in.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
let user: TestUser;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.database.query("DELETE FROM rate_limit");
  user = await createUser(stage.database, [{ role: "viewer", registryId: null, pattern: null }]);
});

const tryWith = (login: string, password: string): Promise<SignIn> =>
  signIn(stage.console, stage.origin, login, password, new CookieJar());

describe("T12: guessing passwords", () => {
  it("answers the same for a wrong password, an unknown login and a disabled account", async () => {
    const disabled = await createUser(stage.database);
    await stage.database.query(`UPDATE "user" SET disabled_at = now() WHERE id = $1`, [disabled.id]);
    const keyless = await createUser(stage.database);
    await stage.database.query(`UPDATE "user" SET password_hash = NULL WHERE id = $1`, [keyless.id]);
    const answers = [];
    for (const [login, password] of [
      [user.login, "wrong"],
      ["no-such-login", "wrong"],
      ["not a login", "wrong"],
      [disabled.login, disabled.password],
      [keyless.login, "wrong"],
      [user.login, ""],
      [user.login, "x".repeat(300)],
    ] as const) {
      const { ok, answer } = await tryWith(login, password);
      expect(ok, login).toBe(false);
      const {
        date: _date,
        "set-cookie": _cookies,
        "content-security-policy": _nonce,
        ...headers
      } = answer.headers;
      answers.push({ status: answer.status, text: answer.text, headers });
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it("takes the same time whether the login exists or not", { timeout: 120_000 }, async () => {
    const rounds = 40;
    const times: Record<"known" | "unknown", number[]> = { known: [], unknown: [] };
    for (let round = 0; round < rounds; round++) {
      if (round % 8 === 0) await stage.database.query("DELETE FROM rate_limit");
      // In turns, so that whatever else the machine does falls on both.
      times.known.push((await tryWith(user.login, `wrong-${round}`)).answer.ms);
      times.unknown.push((await tryWith(`nobody-${round}`, "wrong")).answer.ms);
    }
    const known = medianOf(times.known);
    const unknown = medianOf(times.unknown);
    expect(
      Math.abs(known - unknown) / Math.max(known, unknown),
      `${known} ms and ${unknown} ms`,
    ).toBeLessThan(0.5);
  });

  it("stops after some tries of one account, however many come at once, and says for how long", {
    timeout: 120_000,
  }, async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => tryWith(user.login, `guess-${index}`)),
    );
    const throttled = answers.filter(({ answer }) => answer.status === 429);
    expect(throttled.length).toBeGreaterThanOrEqual(20);
    for (const { answer } of throttled) expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    const right = await tryWith(user.login, user.password);
    expect(right.answer.status, "the right password is not told from a wrong one meanwhile").toBe(429);
    expect(right.ok).toBe(false);
  });

  it("stops an address that tries many accounts", { timeout: 120_000 }, async () => {
    let refusedAt = 0;
    for (let index = 0; index < 80 && refusedAt === 0; index++) {
      const { answer } = await tryWith(`spray-${index}`, "Summer2026!");
      if (answer.status === 429) refusedAt = index;
    }
    expect(refusedAt).toBeGreaterThan(0);
  });

  it("does not believe an address that the client names itself", async () => {
    const statuses = [];
    for (let index = 0; index < 30; index++) {
      const headers = {
        "x-forwarded-for": `203.0.113.${index}`,
        "x-wharfinger-address": `203.0.113.${index}`,
        "x-real-ip": `203.0.113.${index}`,
      };
      const { answer } = await signIn(
        stage.console,
        stage.origin,
        user.login,
        `guess-${index}`,
        new CookieJar(),
        headers,
      );
      statuses.push(answer.status);
    }
    expect(statuses).toContain(429);
    const rows = await stage.database.query<{ address: string | null }>(
      "SELECT DISTINCT address FROM audit_event WHERE target = $1",
      [user.login],
    );
    for (const { address } of rows.rows) expect(address ?? "").not.toMatch(/^203\.0\.113/);
  });

  it("E11: leaves audit rows of refused tries, and none with what was typed as a password", async () => {
    await tryWith(user.login, "canary-wrong-password");
    await tryWith("canary typed password as login", "x");
    const rows = await stage.database.query<{ action: string; outcome: string; actor_kind: string }>(
      "SELECT action, outcome, actor_kind FROM audit_event WHERE target = $1",
      [user.login],
    );
    expect(rows.rows).toContainEqual({ action: "session.refused", outcome: "denied", actor_kind: "nobody" });
    const all = await stage.database.query(
      "SELECT count(*)::int AS n FROM audit_event t WHERE t::text LIKE '%canary%typed%' OR t::text LIKE '%canary-wrong%'",
    );
    expect(all.rows[0]).toEqual({ n: 0 });
  });
});

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
