import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { ForbiddenError, HttpError } from "#lib/http/errors";
import { log } from "#lib/log/log";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Writes down that somebody tried to change what they may not. The answer is the same whether this works or not. */
export async function recordDenial(ctx: Context, request: Request, error: unknown): Promise<void> {
  if (!(error instanceof HttpError) || error.status !== 403 || safeMethods.has(request.method)) return;
  const permission = error instanceof ForbiddenError ? error.permission : undefined;
  try {
    await recordAudit(db(), ctx, {
      action: permission ?? error.code,
      target: `${request.method} ${new URL(request.url).pathname}`.slice(0, 300),
      outcome: "denied",
    });
  } catch {
    log.warn({ requestId: ctx.requestId }, "denied attempt not recorded");
  }
}
