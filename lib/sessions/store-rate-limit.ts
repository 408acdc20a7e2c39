import { db } from "#lib/db/client";

export interface LimitState {
  points: number;
  resetsAt: Date;
}

/** Counts one, in one statement; a window that is over begins anew. */
export async function takePoint(key: string, windowMs: number, now: Date): Promise<LimitState> {
  const resetsAt = new Date(now.getTime() + windowMs);
  const rows = await db().$queryRaw<{ points: number; resets_at: Date }[]>`
    INSERT INTO rate_limit (key, points, resets_at) VALUES (${key}, 1, ${resetsAt})
    ON CONFLICT (key) DO UPDATE SET
      points = CASE WHEN rate_limit.resets_at <= ${now} THEN 1 ELSE least(rate_limit.points + 1, 1000000) END,
      resets_at = CASE WHEN rate_limit.resets_at <= ${now} THEN ${resetsAt} ELSE rate_limit.resets_at END
    RETURNING points, resets_at`;
  const row = rows[0];
  return row ? { points: row.points, resetsAt: row.resets_at } : { points: 1, resetsAt };
}

export async function refundPoint(key: string): Promise<void> {
  await db().$executeRaw`UPDATE rate_limit SET points = greatest(points - 1, 0) WHERE key = ${key}`;
}

export async function dropPoints(key: string): Promise<void> {
  await db().$executeRaw`DELETE FROM rate_limit WHERE key = ${key}`;
}

export async function dropStalePoints(before: Date): Promise<void> {
  await db().$executeRaw`DELETE FROM rate_limit WHERE resets_at < ${before}`;
}
