import { beforeAll, describe, expect, it } from "vitest";
import { listAuditEvents } from "#lib/audit/list-audit-events";
import { listAuditEventsQuery } from "#lib/audit/schema";
import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { roles } from "#lib/auth/permissions";
import { ForbiddenError } from "#lib/http/errors";
import { handle } from "#lib/http/handle";
import { createUserRoute } from "#lib/people/routes";
import { hashSecret } from "#lib/secrets/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContext, createTestContextOf, seedRegistry } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const auditor = createTestContextOf("auditor");
let main = 0;
let other = 0;

beforeAll(async () => {
  main = await seedRegistry(db(), "main");
  other = await seedRegistry(db(), "other");
  const entries = [
    { action: "user.create", target: "mara" },
    { action: "registry.connect", target: "main", registryId: main },
    { action: "tag.delete", target: "main/team/api:v1", registryId: main, repository: "team/api" },
    { action: "tag.delete", target: "main/web:100%_done", registryId: main, repository: "web" },
    { action: "tag.move", target: "other/team/api:v2", registryId: other, repository: "team/api" },
  ];
  const start = Date.parse("2026-01-01T00:00:00Z");
  // Two at the same instant: the id decides.
  for (const [index, entry] of entries.entries())
    await recordAudit(db(), { ...auditor, now: new Date(start + Math.floor(index / 2) * 1000) }, entry);
});

const targets = async (ctx: Context, query: object = {}) =>
  (await listAuditEvents(ctx, listAuditEventsQuery.parse(query))).items.map((event) => event.target);

describe("audit list", () => {
  it("shows everything, newest first, to who may read it everywhere", async () => {
    expect(await targets(auditor)).toEqual([
      "other/team/api:v2",
      "main/web:100%_done",
      "main/team/api:v1",
      "main",
      "mara",
    ]);
    expect(await targets(auditor, { sort: "at" })).toEqual((await targets(auditor)).toReversed());
    for (const role of roles.filter((one) => one !== "auditor" && one !== "admin"))
      await expect(targets(createTestContextOf(role))).rejects.toThrow(ForbiddenError);
  });

  it("W2: shows others only the rows of their registries and repositories", async () => {
    const of = (registryId: number | null, pattern: string | null) =>
      targets(createTestContext([{ role: "auditor", registryId, pattern }]));
    expect(await of(main, null)).toEqual(["main/web:100%_done", "main/team/api:v1", "main"]);
    expect(await of(main, "team/*")).toEqual(["main/team/api:v1"]);
    expect(await of(null, "team/**")).toEqual(["other/team/api:v2", "main/team/api:v1"]);
    expect(await of(other, "web")).toEqual([]);
  });

  it("filters by each field, and takes what is typed as it is written", async () => {
    expect(await targets(auditor, { action: "tag.move" })).toEqual(["other/team/api:v2"]);
    expect(await targets(auditor, { action: "tag." })).toHaveLength(3);
    expect(await targets(auditor, { registry: "other" })).toEqual(["other/team/api:v2"]);
    expect(await targets(auditor, { registry: "none" })).toEqual([]);
    expect(await targets(auditor, { repository: "web" })).toEqual(["main/web:100%_done"]);
    expect(await targets(auditor, { target: "API:V" })).toHaveLength(2);
    expect(await targets(auditor, { target: "tag.delete" })).toEqual([]);
    expect(await targets(auditor, { q: "tag.delete" })).toHaveLength(2);
    expect(await targets(auditor, { q: "0%_d" })).toEqual(["main/web:100%_done"]);
    expect(await targets(auditor, { q: "%" })).toEqual(["main/web:100%_done"]);
    expect(await targets(auditor, { actor: "tester" })).toHaveLength(5);
    expect(await targets(auditor, { actor: "test" })).toEqual([]);
    expect(await targets(auditor, { outcome: "denied" })).toEqual([]);
    expect(await targets(auditor, { from: "2026-01-01T00:00:02Z" })).toEqual(["other/team/api:v2"]);
    expect(await targets(auditor, { to: "2026-01-01T01:00:01+01:00" })).toEqual(["main", "mara"]);
  });

  it("W10: knows no other field, operator or cursor", async () => {
    for (const query of [
      { sort: "actor" },
      { actor: ["a", "b"] },
      { where: "1" },
      { from: "yesterday" },
      { limit: "501" },
    ])
      expect(listAuditEventsQuery.safeParse(query).success).toBe(false);
    for (const cursor of ["x", Buffer.from('{"s":"-at","v":"x","i":"1"}').toString("base64url")])
      await expect(targets(auditor, { cursor })).rejects.toMatchObject({ status: 400 });
  });

  it("pages without losing or repeating a row", async () => {
    for (const sort of ["-at", "at"]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listAuditEvents(auditor, listAuditEventsQuery.parse({ limit: "2", sort, cursor }));
        seen.push(...page.items.map((event) => event.target));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(seen).toEqual(await targets(auditor, { sort }));
    }
  });

  it("E11: holds denied attempts to change something", async () => {
    const secret = "whk_of-a-viewer";
    const secretHash = await hashSecret("api-key", secret);
    await db().apiKey.create({ data: { name: "reader", prefix: "whk_", secretHash, role: "viewer" } });
    const request = new Request("http://localhost:3000/api/v1/users?password=canary", {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify({ login: "x", name: "X" }),
    });
    const answer = await handle(createUserRoute)(request, { params: Promise.resolve({}) });
    expect(answer.status).toBe(403);
    const [event] = (await listAuditEvents(auditor, listAuditEventsQuery.parse({ outcome: "denied" }))).items;
    expect(event).toMatchObject({
      actor: "reader",
      actorKind: "api-key",
      action: "people.write",
      target: "POST /api/v1/users",
      requestId: answer.headers.get("x-request-id"),
    });
  });
});
