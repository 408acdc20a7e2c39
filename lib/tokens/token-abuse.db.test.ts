import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressHeader } from "#lib/http/client-address";
import { hashSecret } from "#lib/secrets/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { seedGrant, seedPrincipal, seedSecret } from "#lib/testing/seed-access";
import { seedRegistry } from "#lib/testing/seed-inventory";
import { startHotDoors } from "#lib/testing/start-hot-door";
import { jwksDoor, tokenDoor, tokenFormDoor } from "#lib/tokens/hot-door";
import { flushTokenRecords } from "#lib/tokens/service-records";

const { db } = attachTestDatabase();
let doors: Awaited<ReturnType<typeof startHotDoors>>;
let secret: string;

beforeAll(async () => {
  const prod = await seedRegistry(db(), "prod");
  const ci = await seedPrincipal(db(), "robot", "ci");
  secret = (await seedSecret(db(), ci)).value;
  await seedGrant(db(), ci, prod, "team/**", ["push"]);
  doors = await startHotDoors([tokenDoor, tokenFormDoor, jwksDoor]);
});
afterAll(() => doors.close());

async function ask(
  username: string,
  password: string,
  address: string,
  query = "scope=repository:team/a:pull",
) {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const response = await fetch(`${doors.origin}/api/token?service=prod&${query}`, {
    headers: { authorization, [addressHeader]: address },
  });
  return {
    status: response.status,
    text: await response.text(),
    retryAfter: response.headers.get("retry-after"),
  };
}

describe("T12: guessing", () => {
  it("ten thousand guesses learn nothing, and the pipeline with the right secret passes all the while", async () => {
    const answers = new Map<string, number>();
    let refusedRight = 0;
    for (let round = 0; round < 100; round++) {
      const guesses = Array.from({ length: 100 }, (_, index) => {
        const name = ["ci", "unknown", "everyone", "robot:ci"][index % 4] ?? "";
        const password =
          index % 3 === 0 ? `wfs_${"x".repeat(40)}${String(index).padStart(3, "0")}` : "hunter2";
        return ask(name, password, "10.0.0.1");
      });
      // The same name from the same address.
      const right = ask("ci", secret, "10.0.0.1");
      for (const answer of await Promise.all(guesses))
        answers.set(
          `${answer.status} ${answer.text}`,
          (answers.get(`${answer.status} ${answer.text}`) ?? 0) + 1,
        );
      if ((await right).status !== 200) refusedRight += 1;
    }
    expect(refusedRight).toBe(0);
    // Known and unknown names, well-formed secrets and others: one answer before the limit and one after.
    expect([...answers.keys()].map((key) => key.slice(0, 3)).toSorted()).toEqual(["401", "429"]);
    expect([...answers.values()].reduce((sum, count) => sum + count)).toBe(10_000);
    expect((await ask("ci", "wrong", "10.0.0.1")).retryAfter).toMatch(/^\d+$/);
    await flushTokenRecords();
    // All of it is a handful of rows.
    expect(await db().tokenDenial.count()).toBeLessThan(20);
    const counted = await db().tokenDenial.aggregate({ _sum: { count: true } });
    expect(Number(counted._sum.count)).toBe(10_001);
  });

  it("a secret that could be guessed does not pass while others guess; it is slow to find", async () => {
    const demo = await seedPrincipal(db(), "robot", "demo");
    const secretHash = await hashSecret("registry-secret", "set-by-hand");
    await db().accessSecret.create({
      data: { principalId: demo, name: "set", prefix: "set", secretHash, createdBy: "test" },
    });
    expect((await ask("demo", "set-by-hand", "10.0.0.9")).status).toBe(200);
    for (let index = 0; index < 25; index++) await ask("demo", `guess-${index}`, "10.0.0.9");
    expect((await ask("demo", "set-by-hand", "10.0.0.9")).status).toBe(429);
    expect((await ask("demo", "set-by-hand", "10.0.0.10")).status).toBe(429);
  });

  it("the secret of one name opens no other, and no part of it opens anything", async () => {
    const other = await seedPrincipal(db(), "robot", "other");
    const theirs = (await seedSecret(db(), other)).value;
    for (const [name, password] of [
      ["ci", theirs],
      ["other", secret],
      ["CI", secret],
      ["ci ", secret],
      ["", secret],
      ["ci", secret.slice(0, -1)],
      ["ci", `${secret}x`],
      ["ci", secret.toUpperCase()],
      ["ci", ` ${secret}`],
      ["ci", `${secret}\n`],
      ["ci", ""],
      [secret, "ci"],
      ["robot:ci", secret],
    ] as const)
      expect([401, 429], `${name}`).toContain((await ask(name, password, "10.0.0.2")).status);
    expect((await ask("ci", secret, "10.0.0.2")).status).toBe(200);
  });
});

describe("T15: floods", () => {
  it("more than is under way is refused at once, and everything that is let in is answered rightly", async () => {
    const statuses = await Promise.all(
      Array.from(
        { length: 1_000 },
        async (_, index) => (await ask("ci", secret, `10.1.0.${index % 250}`)).status,
      ),
    );
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(100);
    expect((await ask("ci", secret, "10.1.1.1")).status).toBe(200);
  });

  it("a crash-looping client with ever new names fills no table", async () => {
    await flushTokenRecords();
    await db().tokenDenial.deleteMany();
    const scopes = (round: number) =>
      Array.from({ length: 100 }, (_, index) => `scope=repository:made-up/r${round}-${index}:pull`).join("&");
    for (let round = 0; round < 60; round++) await ask("ci", secret, "10.0.0.3", scopes(round));
    await flushTokenRecords();
    const rows = await db().tokenDenial.findMany();
    expect(rows.reduce((sum, row) => sum + Number(row.count), 0)).toBe(6_000);
    // Told apart up to a bound; the rest is counted under who and why.
    expect(rows.length).toBeLessThanOrEqual(6_000);
    expect(rows.every((row) => row.reason === "no-grant")).toBe(true);
  });

  it("F3: while the store is away the answer is 503 in the form that clients read", async () => {
    const url = process.env.DATABASE_URL;
    process.env.DATABASE_URL = "postgresql://nobody@127.0.0.1:1/none";
    try {
      const answer = await ask("ci", secret, "10.0.0.4");
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ code: "UNAVAILABLE" }] });
      expect(answer.retryAfter).not.toBeNull();
    } finally {
      process.env.DATABASE_URL = url;
    }
    expect((await ask("ci", secret, "10.0.0.4")).status).toBe(200);
  });
});
