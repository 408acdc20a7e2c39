import { pause } from "#lib/oci/pause";

/** Shared by every request of a client; several clients may share one. */
export type RateLimiter = { acquire(signal?: AbortSignal): Promise<void> | undefined };

/**
 * Spreads requests evenly over time, in the order they ask, with a burst of a tenth of a second. Returns
 * undefined when the request may go at once, so that the fast path awaits nothing.
 */
export function createRateLimiter(
  requestsPerSecond: number,
  now: () => number = () => performance.now(),
): RateLimiter {
  const intervalMs = 1000 / requestsPerSecond;
  const burstMs = Math.max(intervalMs, 100);
  let nextAt = 0;
  return {
    acquire(signal) {
      const at = now();
      nextAt = Math.max(nextAt, at - burstMs) + intervalMs;
      const waitMs = nextAt - at;
      return waitMs <= 1 ? undefined : pause(waitMs, signal);
    },
  };
}
