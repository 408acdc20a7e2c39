import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Checkpoint, formatCheckpoint, readCheckpoint } from "#lib/audit/checkpoint";
import { recordAudit } from "#lib/audit/service";
import { type ChainVerification, verifyChain, walkChain } from "#lib/audit/verify-chain";
import type { Tx } from "#lib/db/client";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { createTestContextOf } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const auditor = createTestContextOf("auditor");
const count = 64;
let last: Checkpoint;

const record = (tx: Tx, number: number) =>
  recordAudit(tx, auditor, {
    action: "tag.delete",
    target: `main/team/ünïcode-${number}:v1`,
    repository: number % 3 === 0 ? undefined : `team/app-${number}`,
    before: { digest: `sha256:${number}`, nested: { b: [1, 2.5, null], a: "" } },
  });

beforeAll(async () => {
  await Promise.all(
    Array.from({ length: count }, (_, number) => db().$transaction((tx) => record(tx, number))),
  );
  last = await checkpointNow();
});

async function checkpointNow(): Promise<Checkpoint> {
  const head = await db().auditChainHead.findUniqueOrThrow({ where: { id: 1 } });
  const line = formatCheckpoint({
    seq: head.seq,
    hash: Buffer.from(head.hash).toString("hex"),
    at: new Date(),
  });
  const reading = readCheckpoint(line);
  if (reading.kind !== "good") throw new Error(reading.kind);
  return reading.checkpoint;
}

class Undone extends Error {}

/** What is found after something was done that is undone again. */
async function verifyAfter(tamper: (tx: Tx) => Promise<unknown>, checkpoints: Checkpoint[] = []) {
  let found: ChainVerification | undefined;
  await db()
    .$transaction(async (tx) => {
      // As the owner of the database does it: no trigger runs.
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      await tamper(tx);
      found = await walkChain(tx, checkpoints);
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return found;
}

const eventOf = async (tx: Tx, seq: number) =>
  (await tx.auditLink.findUniqueOrThrow({ where: { seq: BigInt(seq) } })).eventId;

describe("the chain over the audit", () => {
  it("E10: 64 appends at once make one line without a fork or a gap", async () => {
    expect(await verifyChain(db(), [last])).toMatchObject({
      length: BigInt(count),
      checkpoints: 1,
      problem: null,
    });
    const links = await db().auditLink.findMany({ orderBy: { seq: "asc" } });
    expect(links.map(({ seq }) => Number(seq))).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
    expect(new Set(links.map(({ eventId }) => eventId)).size).toBe(count);
  });

  it("records nothing of a change that was rolled back", async () => {
    await expect(
      db().$transaction(async (tx) => {
        await record(tx, 1);
        throw new Undone();
      }),
    ).rejects.toThrow(Undone);
    expect((await verifyChain(db())).length).toBe(BigInt(count));
  });

  it("no record, no action: without a chain to append to, the change does not happen", async () => {
    const head = await db().auditChainHead.findUniqueOrThrow({ where: { id: 1 } });
    await db().auditChainHead.delete({ where: { id: 1 } });
    try {
      const change = db().$transaction(async (tx) => {
        await tx.setting.create({ data: { key: "changed", value: true } });
        await record(tx, 1);
      });
      await expect(change).rejects.toThrow();
      expect(await db().setting.findUnique({ where: { key: "changed" } })).toBeNull();
    } finally {
      await db().auditChainHead.create({ data: head });
    }
    expect((await verifyChain(db(), [last])).problem).toBeNull();
  });

  const changes = [
    (tx: Tx, id: bigint) => tx.$executeRaw`UPDATE audit_event SET actor = actor || ' ' WHERE id = ${id}`,
    (tx: Tx, id: bigint) => tx.$executeRaw`UPDATE audit_event SET at = at - interval '1 ms' WHERE id = ${id}`,
    (tx: Tx, id: bigint) => tx.$executeRaw`UPDATE audit_event SET outcome = 'denied' WHERE id = ${id}`,
    (tx: Tx, id: bigint) => tx.$executeRaw`UPDATE audit_event SET address = '' WHERE id = ${id}`,
    (tx: Tx, id: bigint) => tx.$executeRaw`UPDATE audit_event SET before = NULL WHERE id = ${id}`,
    (tx: Tx, id: bigint) =>
      tx.$executeRaw`UPDATE audit_event SET before = jsonb_set(before, '{nested,a}', '" "') WHERE id = ${id}`,
    // What is moved from one field to its neighbour must not look the same.
    (tx: Tx, id: bigint) =>
      tx.$executeRaw`UPDATE audit_event SET action = 'tag.delet', target = 'e' || target WHERE id = ${id}`,
    (tx: Tx, id: bigint) => tx.$executeRaw`UPDATE audit_event SET registry_id = 7 WHERE id = ${id}`,
  ];

  it("E9: finds each changed row, and names the first", async () => {
    const runs = fc.tuple(fc.integer({ min: 1, max: count }), fc.nat({ max: changes.length - 1 }));
    await fc.assert(
      fc.asyncProperty(runs, async ([seq, index]) => {
        const found = await verifyAfter(async (tx) => changes[index]?.(tx, await eventOf(tx, seq)));
        expect(found?.problem).toMatchObject({ kind: "changed", seq: BigInt(seq) });
        expect(found?.length).toBe(BigInt(seq - 1));
      }),
      { numRuns: fuzzRuns(200, 10_000) },
    );
  });

  it("E9: finds rows and links that were taken out, swapped or put in", async () => {
    expect(
      (await verifyAfter(async (tx) => tx.auditEvent.delete({ where: { id: await eventOf(tx, 9) } })))
        ?.problem,
    ).toMatchObject({ kind: "missing-row", seq: 9n });
    expect(
      (
        await verifyAfter(async (tx) => {
          await tx.auditEvent.delete({ where: { id: await eventOf(tx, 9) } });
          await tx.auditLink.delete({ where: { seq: 9n } });
        })
      )?.problem,
    ).toMatchObject({ kind: "missing-link", seq: 9n });
    expect(
      (
        await verifyAfter(async (tx) => {
          const [one, two] = [await eventOf(tx, 20), await eventOf(tx, 21)];
          await tx.auditLink.update({ where: { seq: 20n }, data: { eventId: 0n } });
          await tx.auditLink.update({ where: { seq: 21n }, data: { eventId: one } });
          await tx.auditLink.update({ where: { seq: 20n }, data: { eventId: two } });
        })
      )?.problem,
    ).toMatchObject({ kind: "changed", seq: 20n });
    expect((await verifyAfter((tx) => record(tx, 99)))?.problem).toMatchObject({ kind: "unlinked-row" });
    expect((await verifyAfter((tx) => tx.$executeRaw`TRUNCATE audit_event`))?.problem).toMatchObject({
      kind: "missing-row",
      seq: 1n,
    });
  });

  it("E9: a chain that its owner wrote anew agrees with itself, and not with a checkpoint from before", async () => {
    const rewrite = async (tx: Tx) => {
      const id = await eventOf(tx, 10);
      await tx.$executeRaw`UPDATE audit_event SET actor = 'somebody else' WHERE id = ${id}`;
      await tx.$executeRaw`UPDATE audit_chain_head SET seq = 0, hash = decode(repeat('00', 32), 'hex')`;
      await tx.$executeRaw`CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
        SELECT l.seq, e FROM audit_link l JOIN audit_event e ON e.id = l.event_id`;
      await tx.$executeRaw`DELETE FROM audit_link`;
      await tx.$executeRaw`DO 'DECLARE r record; BEGIN
        FOR r IN SELECT * FROM kept ORDER BY seq LOOP PERFORM link_audit_row(r.e); END LOOP; END'`;
    };
    expect((await verifyAfter(rewrite))?.problem).toBeNull();
    expect((await verifyAfter(rewrite, [last]))?.problem).toMatchObject({
      kind: "checkpoint",
      seq: last.seq,
    });
  });

  it("E9: an end that was taken away whole is missed by a checkpoint", async () => {
    const cut = async (tx: Tx) => {
      await tx.auditEvent.delete({ where: { id: await eventOf(tx, count) } });
      await tx.auditLink.delete({ where: { seq: BigInt(count) } });
      const before = await tx.auditLink.findUniqueOrThrow({ where: { seq: BigInt(count - 1) } });
      await tx.auditChainHead.update({ where: { id: 1 }, data: { seq: before.seq, hash: before.hash } });
    };
    expect((await verifyAfter(cut))?.problem).toBeNull();
    expect((await verifyAfter(cut, [last]))?.problem).toMatchObject({ kind: "checkpoint" });
  });
});

describe("a checkpoint", () => {
  it("is believed only as it was signed, under a key that was given", async () => {
    const line = formatCheckpoint({ seq: 5n, hash: "ab".repeat(32), at: new Date("2026-01-01T00:00:00Z") });
    expect(readCheckpoint(line)).toMatchObject({
      kind: "good",
      checkpoint: { seq: 5n, hash: "ab".repeat(32) },
    });
    expect(readCheckpoint(line.replace('"5"', '"6"'))).toEqual({ kind: "broken" });
    expect(readCheckpoint(line.replace("abab", "baba"))).toEqual({ kind: "broken" });
    expect(readCheckpoint(line.slice(0, -9))).toEqual({ kind: "broken" });
    expect(readCheckpoint("{}")).toEqual({ kind: "broken" });
    const before = process.env.WHARFINGER_MASTER_KEY;
    process.env.WHARFINGER_MASTER_KEY = "unit-Pq7nBs2kXwE9zVd4MtRy6hJgLc1oFaUi";
    try {
      expect(readCheckpoint(line)).toMatchObject({ kind: "unknown-key" });
    } finally {
      process.env.WHARFINGER_MASTER_KEY = before;
    }
  });
});
