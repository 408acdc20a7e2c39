import { parseWebhookSecret } from "#lib/alerts/sign-webhook";

export interface AuditWebhookSettings {
  url: string;
  /** What the messages are signed with. */
  key: Buffer;
}

/** Where checkpoints of the audit are sent to: both settings or neither. */
export function readAuditWebhookSettings(environment: Record<string, string | undefined>): {
  settings: AuditWebhookSettings | null;
  problems: string[];
} {
  const url = environment.WHARFINGER_AUDIT_WEBHOOK_URL?.trim() ?? "";
  const secret = environment.WHARFINGER_AUDIT_WEBHOOK_SECRET?.trim() ?? "";
  if (url === "" && secret === "") return { settings: null, problems: [] };
  const problems: string[] = [];
  if (!isWebhookUrl(url))
    problems.push(
      "WHARFINGER_AUDIT_WEBHOOK_URL must be an address such as https://receiver.example.com/checkpoints, without user or password.",
    );
  const key = parseWebhookSecret(secret);
  if (key === null)
    problems.push("WHARFINGER_AUDIT_WEBHOOK_SECRET must be whsec_ and 24 to 64 random bytes in base64.");
  return key === null || problems.length > 0
    ? { settings: null, problems }
    : { settings: { url, key }, problems: [] };
}

function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && !url.username && !url.password && !url.hash;
}
