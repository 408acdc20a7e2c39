import { expect, it } from "vitest";
import { resetLostAdmin } from "#lib/people/reset-lost-admin";
import { signInWithPassword } from "#lib/sessions/sign-in";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContextOf } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const ctx = createTestContextOf("viewer");

it("makes or mends an admin who can sign in, and writes it down", async () => {
  const made = await resetLostAdmin("admin");
  expect(made.created).toBe(true);
  await signInWithPassword(ctx, "admin", made.password);
  await db().roleBinding.deleteMany();
  await db().user.updateMany({ data: { disabledAt: new Date() } });
  const mended = await resetLostAdmin("admin");
  expect(mended).toMatchObject({ login: "admin", created: false });
  expect(await db().session.count({ where: { revokedAt: null } })).toBe(0);
  expect(await signInWithPassword(ctx, "admin", made.password)).toMatchObject({ ok: false });
  expect(await signInWithPassword(ctx, "admin", mended.password)).toMatchObject({ ok: true });
  expect(await db().roleBinding.findMany()).toMatchObject([
    { role: "admin", registryId: null, pattern: null },
  ]);
  const rows = await db().auditEvent.findMany({ where: { actor: "command line" }, orderBy: { id: "asc" } });
  expect(rows.map((row) => row.action)).toEqual(["user.create", "user.reset-password"]);
  await expect(resetLostAdmin("Not A Login")).rejects.toMatchObject({ status: 422 });
});
