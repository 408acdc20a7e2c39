import { createHmac } from "node:crypto";

/** The headers of the Standard Webhooks specification. */
export interface WebhookHeaders {
  "webhook-id": string;
  "webhook-timestamp": string;
  "webhook-signature": string;
}

const prefix = "whsec_";
// As the specification has it.
const [fewestBytes, mostBytes] = [24, 64];

/** The key in `whsec_<base64>`; null when it is none, or is shorter or longer than the specification allows. */
export function parseWebhookSecret(text: string): Buffer | null {
  if (!text.startsWith(prefix)) return null;
  const encoded = text.slice(prefix.length);
  const key = Buffer.from(encoded, "base64");
  const isBase64 = key.toString("base64").replace(/=+$/, "") === encoded.replace(/=+$/, "");
  return isBase64 && key.byteLength >= fewestBytes && key.byteLength <= mostBytes ? key : null;
}

/**
 * Signs one attempt to deliver a message. Later attempts keep the id and are signed anew, because the time is part
 * of what is signed and receivers refuse an old one.
 */
export function signWebhook(message: {
  id: string;
  body: string;
  key: Uint8Array;
  at: Date;
}): WebhookHeaders {
  const timestamp = String(Math.floor(message.at.getTime() / 1000));
  const signature = createHmac("sha256", message.key)
    .update(`${message.id}.${timestamp}.${message.body}`)
    .digest("base64");
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}
