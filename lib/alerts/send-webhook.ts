import { postJson } from "#lib/alerts/post-json";
import { signWebhook } from "#lib/alerts/sign-webhook";
import type { AddressGuard } from "#lib/oci/address-guard";
import type { RegistryErrorKind } from "#lib/oci/errors";

export interface WebhookMessage {
  url: string;
  key: Uint8Array;
  /** The same for each attempt, so that a receiver can tell that it has the message already. */
  id: string;
  /** JSON. */
  body: string;
}

export type WebhookOutcome =
  | { ok: true; status: number }
  | { ok: false; status: number | null; kind: RegistryErrorKind | "answered"; reason: string };

/** One attempt to deliver a signed message. The guard decides which addresses may be asked. */
export async function sendWebhook(
  message: WebhookMessage,
  options: { guard: AddressGuard; now: Date; signal?: AbortSignal },
): Promise<WebhookOutcome> {
  const { url, body } = message;
  const headers = { ...signWebhook({ ...message, at: options.now }) };
  const outcome = await postJson({ url, headers, body }, options);
  if (outcome.ok) return outcome;
  const reason =
    outcome.status === null
      ? `The receiver was not reached (${outcome.kind}).`
      : `The receiver answered ${outcome.status}.`;
  return { ...outcome, reason };
}
