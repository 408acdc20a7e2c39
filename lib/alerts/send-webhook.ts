import { signWebhook } from "#lib/alerts/sign-webhook";
import type { AddressGuard } from "#lib/oci/address-guard";
import { isRegistryError } from "#lib/oci/errors";
import { Transport } from "#lib/oci/transport";

const deadlineMs = 10_000;
// What a receiver answers is not read any further.
const mostAnswerBytes = 65_536;

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
  | { ok: false; status: number | null; reason: string };

/**
 * One attempt to deliver a signed message: any 2xx is a delivery, and redirects are not followed. The guard decides
 * which addresses may be asked.
 */
export async function sendWebhook(
  message: WebhookMessage,
  options: { guard: AddressGuard; now: Date; signal?: AbortSignal },
): Promise<WebhookOutcome> {
  const url = new URL(message.url);
  const headers = {
    "content-type": "application/json",
    "user-agent": "Wharfinger (webhook)",
    ...signWebhook({ ...message, at: options.now }),
  };
  const transport = new Transport({ guard: options.guard, connections: 1 });
  // From the first look-up of the name on: the transport's own deadline begins with the connection.
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const { status } = await transport.send({
      method: "POST",
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      headers: Object.entries(headers).flat(),
      body: Buffer.from(message.body),
      maxBytes: mostAnswerBytes,
      signal: options.signal ? AbortSignal.any([deadline, options.signal]) : deadline,
    });
    if (status >= 200 && status < 300) return { ok: true, status };
    return { ok: false, status, reason: `The receiver answered ${status}.` };
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    const kind = deadline.aborted ? "timeout" : error.kind;
    return { ok: false, status: null, reason: `The receiver was not reached (${kind}).` };
  } finally {
    await transport.close();
  }
}
