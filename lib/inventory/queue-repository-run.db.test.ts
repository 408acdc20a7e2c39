import { beforeAll, describe, expect, it } from "vitest";
import { queueRepositoryRun } from "#lib/inventory/sync-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry } from "#lib/testing/connect-test-registry";

const { db } = attachTestDatabase();
let registryId: number;

beforeAll(async () => {
  registryId = await connectTestRegistry("told", "http://127.0.0.1:1");
});

const listRuns = () => db().syncRun.findMany({ where: { registryId, repository: "team/api" } });
const countWishes = async () => {
  const rows = await db().$queryRaw`
    SELECT FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
    WHERE t.identifier = 'inventory.observe-repository'`;
  return (rows as unknown[]).length;
};

describe("an event about a repository", () => {
  it("that comes while the repository is read is looked at again behind it, and only then", async () => {
    await queueRepositoryRun(registryId, "team/api");
    await queueRepositoryRun(registryId, "team/api");
    expect((await listRuns()).map(({ state }) => state)).toEqual(["queued"]);
    expect(await countWishes()).toBe(0);
    await db().syncRun.updateMany({ where: { registryId }, data: { state: "running" } });
    await queueRepositoryRun(registryId, "team/api");
    await queueRepositoryRun(registryId, "team/api");
    expect(await listRuns()).toHaveLength(1);
    expect(await countWishes()).toBe(1);
    await db().syncRun.updateMany({
      where: { registryId },
      data: { state: "succeeded", finishedAt: new Date() },
    });
    await queueRepositoryRun(registryId, "team/api");
    expect((await listRuns()).map(({ state }) => state).toSorted()).toEqual(["queued", "succeeded"]);
  });
});
