const slowMs = 100;
const keepMs = 60_000;
const keptAtMost = 200;
const kept = new Map<string, { answer: unknown; until: number }>();

/** What took long to add up is kept for a minute: over a year nobody sees the difference. The key says all of the question. */
export async function keepSlow<T>(key: string, now: Date, work: () => Promise<T>): Promise<T> {
  const found = kept.get(key);
  if (found && found.until > now.getTime()) return found.answer as T;
  const startedAt = performance.now();
  const answer = await work();
  if (performance.now() - startedAt > slowMs) {
    if (kept.size >= keptAtMost) kept.clear();
    kept.set(key, { answer, until: now.getTime() + keepMs });
  }
  return answer;
}
