export type RetryPolicy = {
  /** Tries in all, the first included. */
  attempts: number;
  baseDelayMs: number;
  maxDelayMs: number;
  /** A longer Retry-After is not waited for: the call fails at once and says when to come back. */
  maxRetryAfterMs: number;
  /** No new try begins after this. */
  budgetMs: number;
};

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 4,
  baseDelayMs: 200,
  maxDelayMs: 8_000,
  maxRetryAfterMs: 30_000,
  budgetMs: 90_000,
};

/** Exponential backoff with full jitter, never under a tenth of the step. */
export function backoffDelay(
  attempt: number,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number {
  const step = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(attempt - 1, 20));
  return step * (0.1 + 0.9 * random());
}

const longestRetryAfterMs = 24 * 60 * 60 * 1000;

/** Retry-After as milliseconds from now: seconds or an HTTP date; null when absent or unreadable. */
export function parseRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text) * 1000, longestRetryAfterMs);
  if (!/^[A-Za-z]{3,9}, /.test(text) || text.length > 64) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  return Math.min(Math.max(0, at - now.getTime()), longestRetryAfterMs);
}

export function isRetryableStatus(status: number): boolean {
  return status === 429 || status === 500 || status === 502 || status === 503 || status === 504;
}
