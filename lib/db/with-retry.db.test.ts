import { describe, expect, it } from "vitest";
import type { Tx } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { errorResponse } from "#lib/http/error-response";
import { attachTestDatabase } from "#lib/testing/attach-test-database";

const { db } = attachTestDatabase();

const count = (tx: Tx, slug: string) =>
  tx.$executeRaw`UPDATE team SET name = name || '+' WHERE slug = ${slug}`;

/** Resolves for everybody once so many have come. */
function createMeeting(size: number): () => Promise<void> {
  let come: () => void = () => {};
  let missing = size;
  const all = new Promise<void>((resolve) => {
    come = resolve;
  });
  return () => {
    missing--;
    if (missing <= 0) come();
    return all;
  };
}

describe("F3: transactions that Postgres gives up", () => {
  it("a deadlock: both are done in the end, each once", async () => {
    await db().team.createMany({
      data: ["left", "right"].map((slug) => ({ slug, name: "" })),
    });
    const meet = createMeeting(2);
    let tries = 0;
    const swap = (first: string, second: string) =>
      withRetry(() =>
        db().$transaction(async (tx) => {
          tries++;
          await count(tx, first);
          await meet();
          await count(tx, second);
        }),
      );
    await Promise.all([swap("left", "right"), swap("right", "left")]);
    expect(tries).toBe(3);
    const rows = await db().team.findMany({ orderBy: { slug: "asc" } });
    expect(rows.map(({ name }) => name)).toEqual(["++", "++"]);
  });

  it("40001: whoever lost sees what the other one wrote", async () => {
    await db().team.deleteMany();
    const meet = createMeeting(2);
    const addIfNone = (slug: string) =>
      withRetry(() =>
        db().$transaction(
          async (tx) => {
            const known = await tx.team.count();
            await meet();
            if (known === 0) await tx.team.create({ data: { slug, name: slug } });
          },
          { isolationLevel: "Serializable" },
        ),
      );
    await Promise.all([addIfNone("one"), addIfNone("two")]);
    expect(await db().team.count()).toBe(1);
  });

  it.each(["40001", "40P01"])(
    "%s without end: tried a few times, then told as a moment's trouble",
    async (code) => {
      let tries = 0;
      const error = await withRetry(() => {
        tries++;
        return db().$executeRawUnsafe(`DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '${code}'; END $$`);
      }).catch((reason: unknown) => reason);
      expect(tries).toBe(4);
      const answer = errorResponse(error, "id");
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ code: "busy" });
    },
  );

  it("anything else is not tried again", async () => {
    let tries = 0;
    const work = () => {
      tries++;
      return db().$executeRawUnsafe("SELECT no_such_column");
    };
    await expect(withRetry(work)).rejects.toThrow();
    expect(tries).toBe(1);
  });
});
