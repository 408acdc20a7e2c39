import { z } from "zod";
import { formatCheckpoint, readCheckpoint } from "#lib/audit/checkpoint";
import type { ChainWatch } from "#lib/audit/rules-watch";
import { checkpointPlaces } from "#lib/audit/schema";
import type { Db, Tx } from "#lib/db/client";
import type { Prisma } from "#lib/db/generated/client";

const watchSetting = "audit.chain";
const checkpointSetting = "audit.checkpoint";
const webhookSetting = "audit.webhook";

const watchSchema = z.object({
  /** Signed like a checkpoint, so that who owns the database cannot say that more was checked. */
  verified: z.string(),
  fullAt: z.coerce.date().nullable(),
  fullMs: z.number(),
  problem: z
    .object({ seq: z.string().nullable(), eventId: z.string().nullable(), what: z.string() })
    .nullable(),
});

/** What the last look at the chain found; null before the first. */
export async function findChainWatch(db: Db | Tx): Promise<ChainWatch | null> {
  const parsed = watchSchema.nullable().safeParse(await readSetting(db, watchSetting));
  if (!parsed.success || parsed.data === null) return null;
  const { verified, fullAt, fullMs, problem } = parsed.data;
  const reading = readCheckpoint(verified);
  return {
    verified:
      reading.kind === "good"
        ? {
            seq: reading.checkpoint.seq,
            hash: Buffer.from(reading.checkpoint.hash, "hex"),
            at: reading.checkpoint.at,
          }
        : null,
    fullAt,
    fullMs,
    problem:
      problem === null
        ? null
        : { seq: toBigInt(problem.seq), eventId: toBigInt(problem.eventId), what: problem.what },
  };
}

export async function saveChainWatch(
  db: Db | Tx,
  watch: ChainWatch & { verified: NonNullable<ChainWatch["verified"]> },
): Promise<void> {
  const { verified, fullAt, fullMs, problem } = watch;
  await writeSetting(db, watchSetting, {
    verified: formatCheckpoint({
      seq: verified.seq,
      hash: Buffer.from(verified.hash).toString("hex"),
      at: verified.at,
    }),
    fullAt: fullAt?.toISOString() ?? null,
    fullMs,
    problem:
      problem === null
        ? null
        : {
            seq: problem.seq?.toString() ?? null,
            eventId: problem.eventId?.toString() ?? null,
            what: problem.what,
          },
  });
}

const checkpointSchema = z.object({
  at: z.coerce.date(),
  places: z.array(z.enum(checkpointPlaces)),
});
export type LastCheckpoint = z.infer<typeof checkpointSchema>;

/** When the last checkpoint was written, and where to. */
export async function findLastCheckpoint(db: Db | Tx): Promise<LastCheckpoint | null> {
  return checkpointSchema
    .nullable()
    .catch(null)
    .parse(await readSetting(db, checkpointSetting));
}

export async function saveLastCheckpoint(db: Db | Tx, { at, places }: LastCheckpoint): Promise<void> {
  await writeSetting(db, checkpointSetting, { at: at.toISOString(), places });
}

const deliverySchema = z.object({
  deliveredAt: z.coerce.date().nullable(),
  /** Since when no attempt succeeded. */
  failingSince: z.coerce.date().nullable(),
});
export type WebhookDelivery = z.infer<typeof deliverySchema>;

export async function findWebhookDelivery(db: Db | Tx): Promise<WebhookDelivery | null> {
  return deliverySchema
    .nullable()
    .catch(null)
    .parse(await readSetting(db, webhookSetting));
}

export async function saveWebhookDelivery(db: Db | Tx, delivery: WebhookDelivery): Promise<void> {
  await writeSetting(db, webhookSetting, {
    deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
    failingSince: delivery.failingSince?.toISOString() ?? null,
  });
}

async function readSetting(db: Db | Tx, key: string): Promise<unknown> {
  return (await db.setting.findUnique({ where: { key } }))?.value ?? null;
}

async function writeSetting(db: Db | Tx, key: string, value: Prisma.InputJsonValue): Promise<void> {
  await db.setting.upsert({ where: { key }, create: { key, value }, update: { value } });
}

function toBigInt(text: string | null): bigint | null {
  return text !== null && /^\d{1,18}$/.test(text) ? BigInt(text) : null;
}
