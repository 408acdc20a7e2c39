import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import { roles } from "#lib/auth/permissions";
import { createGrantBody, protectionsBody } from "#lib/grants/schema";
import { createGrant } from "#lib/grants/service";
import { listProtections, writeProtections } from "#lib/grants/service-protections";
import { ForbiddenError } from "#lib/http/errors";
import { listFolders } from "#lib/inventory/repository-folders";
import { updateRegistry } from "#lib/registries/connection-service";
import { updateRegistryBody } from "#lib/registries/schema";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import {
  createTestContext,
  createTestContextOf,
  seedRegistry,
  seedRepository,
} from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const admin = createTestContextOf("admin");
let main = 0;
let other = 0;

beforeAll(async () => {
  process.env.WHARFINGER_BASE_URL = "http://localhost:3000";
  main = await seedRegistry(db(), "main", { protectedPatterns: ["prod/**", "prod/pay/*"] });
  other = await seedRegistry(db(), "other", { protectedPatterns: ["secret/**"] });
  await db().accessPrincipal.create({ data: { kind: "robot", name: "ci", createdBy: "tests" } });
  for (const [registryId, names] of [
    [main, ["prod/api", "prod/pay/api", "team-a/api"]],
    [other, ["elsewhere/x"]],
  ] as const) {
    for (const name of names) await seedRepository(db(), registryId, name);
    await db().repositoryFolder.createMany({
      data: listFolders(names).map(({ path, parentPath, count }) => ({
        registryId,
        path,
        parentPath,
        repositoryCount: count,
      })),
    });
  }
});

describe("protections", () => {
  const write = (ctx: Context, items: object[], registry = "other") =>
    writeProtections(ctx, registry, protectionsBody.parse({ items }));

  it("name who may push, are replaced as a whole by admins, and raise the version of access", async () => {
    const before = await db().accessVersion.findUniqueOrThrow({ where: { id: 1 } });
    const written = await write(admin, [
      { pattern: "secret/**", pushers: ["robot:ci"] },
      { pattern: "elsewhere/x" },
    ]);
    expect(written.items).toMatchObject([
      { pattern: "secret/**", repositoryCount: 0, pushers: [{ name: "ci" }] },
      { pattern: "elsewhere/x", repositoryCount: 1, pushers: [] },
    ]);
    const after = await db().accessVersion.findUniqueOrThrow({ where: { id: 1 } });
    expect(after.version).toBeGreaterThan(before.version);
    expect(await write(admin, [])).toEqual({ items: [] });
    expect(await db().protectionPusher.count({ where: { registryId: other } })).toBe(0);
    await expect(write(admin, [{ pattern: "a/*", pushers: ["everyone"] }])).rejects.toMatchObject({
      fields: [{ field: "items.0.pushers.0" }],
    });
    await expect(write(admin, [{ pattern: "a/*" }, { pattern: "a/*" }])).rejects.toMatchObject({
      fields: [{ field: "items.1.pattern" }],
    });
    for (const role of roles.filter((one) => one !== "admin"))
      await expect(write(createTestContextOf(role), [])).rejects.toThrow(ForbiddenError);
    await expect(
      write(createTestContext([{ role: "admin", registryId: main, pattern: null }]), []),
    ).rejects.toMatchObject({ status: 404 });
    await expect(
      write(createTestContext([{ role: "admin", registryId: main, pattern: "team-a/**" }]), [], "main"),
    ).rejects.toThrow(ForbiddenError);
  });

  it("forget who was named when the registry's own form drops the pattern", async () => {
    await write(admin, [{ pattern: "secret/**", pushers: ["robot:ci"] }]);
    await updateRegistry(admin, "other", updateRegistryBody.parse({ protectedPatterns: ["elsewhere/*"] }));
    await updateRegistry(admin, "other", updateRegistryBody.parse({ protectedPatterns: ["secret/**"] }));
    expect((await listProtections(admin, "other")).items).toMatchObject([
      { pattern: "secret/**", pushers: [] },
    ]);
  });

  it("and a registry's form, changed at once by many, never wait for each other in a circle", async () => {
    const deeds = Array.from({ length: 24 }, (_, at) =>
      at % 3 === 0
        ? updateRegistry(admin, "other", updateRegistryBody.parse({ protectedPatterns: [`p-${at}/**`] }))
        : at % 3 === 1
          ? write(admin, [{ pattern: `p-${at}/**`, pushers: ["robot:ci"] }])
          : createGrant(
              admin,
              createGrantBody.parse({
                principal: "robot:ci",
                registry: "other",
                pattern: `p-${at}`,
                actions: ["pull"],
              }),
            ),
    );
    await Promise.all(deeds);
  });

  it("W2: are told as far as they reach into what the reader sees", async () => {
    const narrow = createTestContext([{ role: "auditor", registryId: main, pattern: "prod/pay/api" }]);
    expect(
      (await listProtections(narrow, "main")).items.map((item) => [item.pattern, item.repositoryCount]),
    ).toEqual([
      ["prod/**", 1],
      ["prod/pay/*", 1],
    ]);
    await expect(listProtections(narrow, "other")).rejects.toMatchObject({ status: 404 });
    const beside = createTestContext([{ role: "auditor", registryId: main, pattern: "team-a/**" }]);
    expect((await listProtections(beside, "main")).items).toEqual([]);
  });
});
