import { beforeAll, describe, expect, it } from "vitest";
import { foldDue } from "#lib/failures/fold-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";

const { db } = attachTestDatabase();
let registryId: number;

beforeAll(async () => {
  registryId = await connectTestRegistry("prod", "http://127.0.0.1:1");
});

const twoDaysMs = 172_800_000;

/** Nobody has to sign in to fail: each address is somebody else. */
async function tellOf(repository: string, clients: number, failures: number): Promise<void> {
  const { id } = await findTestSource(registryId);
  await db().$executeRaw`
    INSERT INTO registry_event (registry_id, source_id, event_id, side, action, cause, repository, tag, address, agent, at,
      last_at, raw, applied_at)
    SELECT ${registryId}, ${id}, ${repository} || ' ' || i, 'log', 'pull', 'not-found', ${repository}, 'v1',
      '10.0.' || i % ${clients} / 256 || '.' || i % ${clients} % 256, 'curl/8.5', a.at, a.at, '{}', now()
    FROM generate_series(1, ${failures}) i,
      LATERAL (SELECT date_trunc('second', now() - i * ${twoDaysMs / failures}::float8 * interval '1 ms')) a(at)`;
  await db().incidentRefold.create({
    data: { registryId, repository, dueAt: new Date(), fromAt: new Date(Date.now() - twoDaysMs) },
  });
}

const count = (repository: string) => db().incident.count({ where: { repository } });

describe("a crowd that fails in one repository", () => {
  it("is not waited for by others where it takes too long", async () => {
    await tellOf("crowd/first", 8_000, 40_000);
    await tellOf("z/quiet", 1, 3);
    await foldDue(undefined, 2_000);
    expect(await count("z/quiet")).toBe(1);
    expect(await count("crowd/first")).toBe(0);
    const [left] = await db().incidentRefold.findMany({ where: { repository: "crowd/first" } });
    expect(left?.dueAt.getTime()).toBeGreaterThan(Date.now() + 60_000);
  });

  it("is as many failures, in the time that a repository is given", async () => {
    await foldDue(() => new Date(Date.now() + 600_000));
    expect(await count("crowd/first")).toBe(8_000);
    const [sums] = await db().$queryRaw<{ incidents: number; hours: number }[]>`
      SELECT (SELECT sum(count)::int FROM incident_hour) AS incidents, (SELECT sum(count)::int FROM failure_hour) AS hours`;
    expect(sums).toEqual({ incidents: 40_003, hours: 40_003 });
  });
});
