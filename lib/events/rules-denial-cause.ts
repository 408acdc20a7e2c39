import type { FailureCause } from "#lib/failures/schema";

const causes: Readonly<Record<string, FailureCause>> = {
  "no-grant": "no-grant",
  "expired-grant": "no-grant",
  "wrong-credentials": "wrong-credentials",
  "revoked-secret": "wrong-credentials",
  "not-trusted": "wrong-credentials",
  disabled: "wrong-credentials",
  "expired-secret": "credentials-expired",
  throttled: "throttled",
};

/** Why a pull failed at our token endpoint; null where the refusal is about no pull: a push, a scope of no sense. */
export function readDenialCause(reason: string, signedIn: boolean): FailureCause | null {
  const cause = causes[reason] ?? null;
  return cause === "no-grant" && !signedIn ? "not-signed-in" : cause;
}
