import { findCheckpointFile, readCheckpoints } from "#lib/audit/checkpoint-file";
import { type ChainWatch, chooseLook } from "#lib/audit/rules-watch";
import { findChainWatch, saveChainWatch } from "#lib/audit/store-chain-watch";
import { verifyChain } from "#lib/audit/verify-chain";
import { db } from "#lib/db/client";
import { log } from "#lib/log/log";

// Of one minute each, so that a worker that was away for hours still compares all that it missed.
const lastBytes = 256 * 1024;

/**
 * Looks whether the chain and the checkpoints of this machine agree, and keeps what was found for the page. What was
 * verified is not walked over again but for the whole walk each hour, so the cost does not grow with the audit.
 */
export async function watchChain(
  now: Date,
  options: { home: string | null; signal?: AbortSignal },
): Promise<void> {
  const before = await findChainWatch(db());
  const look = chooseLook(before, now);
  if (look === "wait") return;
  const beganAt = performance.now();
  const from = look === "added" ? (before?.verified ?? undefined) : undefined;
  // Read before the chain is: each checkpoint names a link that is there by then.
  const { checkpoints, broken } =
    options.home === null
      ? { checkpoints: [], broken: [] }
      : await readCheckpoints(findCheckpointFile(options.home), from === undefined ? undefined : lastBytes);
  const relevant = checkpoints.filter(({ seq }) => from === undefined || seq > from.seq);
  const found = await verifyChain(db(), relevant, { from, signal: options.signal });
  const problem = found.problem
    ? { seq: found.problem.seq, eventId: found.problem.eventId, what: found.problem.text }
    : judgeFile(broken);
  const isFull = from === undefined;
  await saveChainWatch(db(), {
    verified: { seq: found.length, hash: found.hash, at: now },
    fullAt: isFull ? now : (before?.fullAt ?? null),
    fullMs: isFull ? Math.round(performance.now() - beganAt) : (before?.fullMs ?? 0),
    problem,
  });
  if (problem && before?.problem?.what !== problem.what)
    log.error({ what: problem.what, verifiedThrough: String(found.length) }, "the audit's chain is broken");
  else if (problem === null && before?.problem) log.info("the audit's chain is whole again");
}

function judgeFile(broken: readonly number[]): ChainWatch["problem"] {
  if (broken.length === 0) return null;
  const lines = broken.length === 1 ? "A line" : `${broken.length} lines`;
  return {
    seq: null,
    eventId: null,
    what: `${lines} of the file of checkpoints ${broken.length === 1 ? "is" : "are"} not as we signed ${broken.length === 1 ? "it" : "them"}.`,
  };
}
