import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { seedGrant, seedPrincipal } from "#lib/testing/seed-access";
import { seedRegistry } from "#lib/testing/seed-inventory";
import { AccessGate } from "#lib/tokens/access-gate";
import type { AccessSnapshot } from "#lib/tokens/access-snapshot";
import { decideAccess } from "#lib/tokens/rules-decision";
import { AccessConnection } from "#lib/tokens/store-access";

const { db } = attachTestDatabase();
let registryId: number;
let gates: AccessGate[];
let looks = 0;

/** The real connection, counted. */
function openCounted(): AccessConnection {
  const connection = new AccessConnection(process.env.DATABASE_URL ?? "");
  const readVersions = connection.readVersions.bind(connection);
  connection.readVersions = () => {
    looks += 1;
    return readVersions();
  };
  return connection;
}

beforeAll(async () => {
  registryId = await seedRegistry(db(), "prod");
  // Two instances of the token endpoint.
  gates = [new AccessGate(openCounted()), new AccessGate(openCounted())];
});
afterAll(async () => {
  await Promise.all(gates.map((gate) => gate.close()));
});

function mayPull(snapshot: AccessSnapshot, principalId: string, repository: string): boolean {
  const held = snapshot.findRegistryById(registryId)?.held;
  const subject = snapshot.findSubject(principalId, Date.now());
  if (!held || !subject) return false;
  const asked = [{ type: "repository", name: repository, actions: ["pull"] }];
  return decideAccess(held, subject, asked, { nowMs: Date.now() }).access.length === 1;
}

describe("T10: nothing stale after a commit", () => {
  it("every instance sees every change, with eight writers at once", async () => {
    let wrong = 0;
    const write = async (index: number) => {
      const principal = await seedPrincipal(db(), "robot", `writer-${index}`);
      const grant = await seedGrant(db(), principal, registryId, `team-${index}/**`);
      for (let round = 0; round < 25; round++) {
        const open = round % 2 === 1;
        if (round % 5 === 4)
          await db().accessPrincipal.update({
            where: { id: principal },
            data: { disabledAt: open ? null : new Date() },
          });
        else await db().grant.update({ where: { id: grant }, data: { revokedAt: open ? null : new Date() } });
        const row = await db().grant.findUniqueOrThrow({
          where: { id: grant },
          include: { principal: true },
        });
        const expected = row.revokedAt === null && row.principal.disabledAt === null;
        for (const gate of gates)
          if (mayPull(await gate.fresh(), principal, `team-${index}/api`) !== expected) wrong += 1;
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => write(index)));
    expect(wrong).toBe(0);
  });

  it("a change that is rolled back, and one that is not committed yet, change nothing", async () => {
    const principal = await seedPrincipal(db(), "robot", "undecided");
    const gate = gates[0] as AccessGate;
    const attempt = db().$transaction(async (tx) => {
      await tx.grant.create({
        data: { principalId: principal, registryId, pattern: "**", actions: ["pull"], createdBy: "test" },
      });
      expect(mayPull(await gate.fresh(), principal, "a")).toBe(false);
      throw new Error("rolled back");
    });
    await expect(attempt).rejects.toThrow("rolled back");
    expect(mayPull(await gate.fresh(), principal, "a")).toBe(false);
    const id = await seedGrant(db(), principal, registryId, "**");
    expect(mayPull(await gate.fresh(), principal, "a")).toBe(true);
    // Gone for good, with a cascade from above.
    await db().accessPrincipal.delete({ where: { id: principal } });
    expect(await db().grant.count({ where: { id } })).toBe(0);
    expect(mayPull(await gate.fresh(), principal, "a")).toBe(false);
    expect((await gate.fresh()).findPrincipal(principal)).toBeNull();
  });

  it("many who ask at once share a look, and none shares one that began before it asked", async () => {
    const gate = gates[0] as AccessGate;
    await gate.fresh();
    const before = looks;
    await Promise.all(Array.from({ length: 1_000 }, () => gate.fresh()));
    expect(looks - before).toBeLessThanOrEqual(2);
    const principal = await seedPrincipal(db(), "robot", "late");
    for (let round = 0; round < 30; round++) {
      const early = gate.fresh();
      await seedGrant(db(), principal, registryId, `r${round}`);
      expect(mayPull(await gate.fresh(), principal, `r${round}`)).toBe(true);
      await early;
    }
  });
});

describe("F3: a store that is away", () => {
  it("is told as such, never guessed, and comes back by itself", async () => {
    const away = new AccessGate(new AccessConnection("postgresql://nobody@127.0.0.1:1/none"));
    await expect(away.fresh()).rejects.toMatchObject({ status: 503 });
    await away.close();
    const gate = gates[1] as AccessGate;
    await gate.fresh();
    for (let round = 0; round < 3; round++) {
      await db().$executeRaw`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'wharfinger access' AND datname = current_database()`;
      // At most the one request that finds the connection gone is told 503.
      const first = await gate.fresh().then(
        () => 200,
        (error: { status: number }) => error.status,
      );
      expect([200, 503]).toContain(first);
      expect((await gate.fresh()).version).toBeGreaterThan(0);
    }
  });
});

describe("many grants", () => {
  it("fifty thousand of them are read in seconds, and one change among them in an instant", async () => {
    await db().$executeRaw`
      INSERT INTO access_principal (id, kind, name, created_by)
      SELECT gen_random_uuid(), 'robot', 'bulk-' || n, 'test' FROM generate_series(1, 5000) AS n`;
    await db().$executeRaw`
      INSERT INTO access_grant (id, principal_id, registry_id, pattern, actions, created_by)
      SELECT gen_random_uuid(), p.id, ${registryId}, 'team-' || substr(p.name, 6) || '/r' || n || '/**', '{push}', 'test'
      FROM access_principal p CROSS JOIN generate_series(1, 10) AS n WHERE p.name LIKE 'bulk-%'`;
    const gate = new AccessGate(new AccessConnection(process.env.DATABASE_URL ?? ""));
    const snapshot = await gate.fresh();
    const robot = snapshot.findPrincipalByName("robot", "bulk-4711");
    expect([...snapshot.listGrants(registryId, robot?.id ?? "")]).toHaveLength(10);
    expect(mayPull(snapshot, robot?.id ?? "", "team-4711/r3/x")).toBe(true);
    expect(mayPull(snapshot, robot?.id ?? "", "team-4712/r3/x")).toBe(false);
    const version = snapshot.version;
    await db().grant.updateMany({
      where: { principalId: robot?.id ?? "", pattern: "team-4711/r3/**" },
      data: { revokedAt: new Date() },
    });
    const startedAt = performance.now();
    expect(mayPull(await gate.fresh(), robot?.id ?? "", "team-4711/r3/x")).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(snapshot.version).toBe(version + 1);
    await gate.close();
  });
});
