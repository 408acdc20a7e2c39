import { setTimeout as delay } from "node:timers/promises";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { findLastChange } from "#lib/failures/store-read-incidents";

const lookMs = 700;
const patienceMs = 5_000;
let looking: { at: number; change: Promise<string> } | null = null;

/**
 * Server-sent events: `change` each time any incident was written. What changed is not in it: whoever hears it asks
 * again for what they may see. With 0 seconds the state is told once; else it ends after a while, so that who is signed
 * in is looked at again.
 */
export function streamFailureChanges(ctx: Context, seconds: number, signal: AbortSignal): Response {
  authorizeSomewhere(ctx, "failures.read");
  const encoder = new TextEncoder();
  const end = performance.now() + seconds * 1_000;
  let known: string | null = null;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode("retry: 1000\n\n")),
    pull: async (controller) => {
      for (;;) {
        const overdue = performance.now() - end;
        // The state is told in any case, unless the database is away.
        if (signal.aborted || overdue >= patienceMs || (overdue >= 0 && known !== null))
          return controller.close();
        const change = await findChange().catch(() => null);
        if (change !== null && change !== known) {
          const isFirst = known === null;
          known = change;
          if (!isFirst) return controller.enqueue(encoder.encode(`event: change\ndata: ${change}\n\n`));
          return controller.enqueue(encoder.encode(`event: state\ndata: ${change}\n\n`));
        }
        await delay(lookMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
    },
  });
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "private, no-store",
      // nginx would hold it back.
      "x-accel-buffering": "no",
    },
  });
}

/** One look at the database for all streams of this process. */
function findChange(): Promise<string> {
  const now = performance.now();
  if (looking === null || now - looking.at > lookMs / 2) looking = { at: now, change: findLastChange(db()) };
  return looking.change;
}
