import { postJson } from "#lib/alerts/post-json";
import { type AlertMessage, renderMail, renderSlack, renderWebhook } from "#lib/alerts/rules-message";
import type { AttemptOutcome } from "#lib/alerts/schema";
import { sendMail } from "#lib/alerts/send-mail";
import { sendWebhook } from "#lib/alerts/send-webhook";
import { parseWebhookSecret } from "#lib/alerts/sign-webhook";
import { AddressGuard } from "#lib/oci/address-guard";
import type { RegistryErrorKind } from "#lib/oci/errors";
import { listAllowedCidrs } from "#lib/registries/networks-service";
import { readMailSettings } from "#lib/settings/mail-settings";

/** A channel with its secrets opened. */
export type OpenChannel =
  | { kind: "webhook"; url: string; secret: string }
  | { kind: "slack"; url: string }
  | { kind: "email"; to: readonly string[] };

export interface Attempt {
  outcome: AttemptOutcome;
  /** Of HTTP or SMTP, where something answered. */
  status: number | null;
}

/** One attempt to send a notice; the id is that of the notice, the same for each attempt. */
export async function sendMessage(channel: OpenChannel, id: string, message: AlertMessage): Promise<Attempt> {
  if (channel.kind === "email") {
    const { settings } = readMailSettings(process.env);
    if (settings === null) return { outcome: "mail-not-set-up", status: null };
    return sendMail({ id, to: channel.to, ...renderMail(message) }, settings);
  }
  const guard = new AddressGuard({ allowedNetworks: await listAllowedCidrs() });
  if (channel.kind === "slack")
    return nameOutcome(await postJson({ url: channel.url, body: renderSlack(message) }, { guard }));
  const key = parseWebhookSecret(channel.secret);
  if (key === null) return { outcome: "secret-not-opened", status: null };
  const webhook = { url: channel.url, key, id, body: renderWebhook(message) };
  return nameOutcome(await sendWebhook(webhook, { guard, now: new Date() }));
}

type Sent =
  | { ok: true; status: number }
  | { ok: false; status: number | null; kind: RegistryErrorKind | "answered" };

/**
 * Names that cannot be resolved and addresses that may not be asked share one word: apart, they would tell what names
 * a private network has.
 */
function nameOutcome(sent: Sent): Attempt {
  if (sent.ok) return { outcome: "delivered", status: sent.status };
  switch (sent.kind) {
    case "answered":
      return { outcome: "answered", status: sent.status };
    case "address-refused":
    case "name-not-resolved":
      return { outcome: "not-delivered", status: null };
    case "timeout":
    case "aborted":
      return { outcome: "timeout", status: null };
    case "tls":
      return { outcome: "tls", status: null };
    case "cannot-connect":
      return { outcome: "cannot-connect", status: null };
    default:
      return { outcome: "invalid-answer", status: null };
  }
}
