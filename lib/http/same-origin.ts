import type { Principal } from "#lib/auth/context";
import { HttpError } from "#lib/http/errors";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Refuses changes that another site makes with somebody's cookie. API keys are not sent by browsers on their own. */
export function requireSameOrigin(request: Request, principal: Principal): void {
  if (safeMethods.has(request.method) || principal.sessionId === null) return;
  const origin = request.headers.get("origin");
  if (origin !== null && origin === getBaseOrigin()) return;
  throw new HttpError(
    403,
    "foreign-origin",
    `This change did not come from the console's own page. Open the console at ${getBaseOrigin()}.`,
  );
}

/** The fixed public origin; never taken from Host or X-Forwarded-Host. */
export function getBaseOrigin(): string {
  return new URL(process.env.WHARFINGER_BASE_URL ?? `http://localhost:${process.env.PORT ?? 3000}`).origin;
}
