import type { Db, Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

const partitionName = /^registry_event_(\d{4})(\d{2})(\d{2})$/;
const weekMs = 7 * 86_400_000;

/** Drops the weeks that ended before the time, and what lies outside of any week. Returns how many weeks went. */
export async function dropEventsBefore(db: Db, before: Date): Promise<number> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'registry_event'::regclass ORDER BY 1`;
  const old = rows.filter(({ name }) => {
    const [, year, month, day] = partitionName.exec(name) ?? [];
    return (
      year !== undefined &&
      Date.UTC(Number(year), Number(month) - 1, Number(day)) + weekMs <= before.getTime()
    );
  });
  for (const { name } of old)
    await db.$transaction(async (tx) => {
      // Whoever reads or writes events now goes first: the next hour is soon enough.
      await tx.$executeRaw`SET LOCAL lock_timeout = '3s'`;
      await tx.$executeRaw`DROP TABLE IF EXISTS ${Prisma.raw(`"${name}"`)}`;
    });
  await db.$executeRaw`DELETE FROM registry_event_other WHERE at < ${before}`;
  // Whoever adds up events again knows from here on that there were others before.
  await db.$executeRaw`
    INSERT INTO setting AS s (key, value, updated_at)
    VALUES (${keptFromKey}, to_jsonb(date_trunc('week', ${before}::timestamptz, 'UTC')), now())
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()
    WHERE (s.value#>>'{}')::timestamptz < (excluded.value#>>'{}')::timestamptz`;
  return old.length;
}

const keptFromKey = "events.kept-from";

/** Events from here on are all there; null before it was looked for the first time what is too old. */
export async function findKeptFrom(db: Db | Tx): Promise<Date | null> {
  const known = await db.setting.findUnique({ where: { key: keptFromKey } });
  return typeof known?.value === "string" ? new Date(known.value) : null;
}

const forgottenKey = "events.addresses-forgotten";

/** Takes the addresses of clients out of events and failures before the time; the rest of them stays. */
export async function forgetAddressesBefore(db: Db, before: Date): Promise<void> {
  const known = await db.setting.findUnique({ where: { key: forgottenKey } });
  const until = typeof known?.value === "string" ? new Date(known.value) : new Date(0);
  if (until >= before) return;
  // What came late lies before the last time that was looked, and came after it.
  await db.$executeRaw`
    UPDATE registry_event SET address = NULL, raw = '{}', message = NULL
    WHERE at < ${before} AND (at >= ${until} OR received_at >= ${known?.updatedAt ?? until})
      AND (address IS NOT NULL OR raw <> '{}' OR message IS NOT NULL)`;
  await db.$executeRaw`
    UPDATE incident SET addresses = '{}', subject = CASE WHEN subject_kind = 'client'
      THEN regexp_replace(subject, '^[^ ]+', 'somewhere') ELSE subject END, fold_key = 'forgotten ' || id
    WHERE last_at < ${before} AND addresses <> '{}'`;
  const value = before.toISOString();
  await db.setting.upsert({
    where: { key: forgottenKey },
    create: { key: forgottenKey, value },
    update: { value },
  });
}
