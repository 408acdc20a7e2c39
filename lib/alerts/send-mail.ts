import { createTransport } from "nodemailer";
import type { AttemptOutcome } from "#lib/alerts/schema";
import type { MailSettings } from "#lib/settings/mail-settings";

const deadlineMs = 10_000;

export interface Mail {
  /** The same for each attempt. */
  id: string;
  to: readonly string[];
  subject: string;
  text: string;
}

/** Hands one mail over. What the server says beyond its code is not kept. */
export async function sendMail(
  mail: Mail,
  settings: MailSettings,
): Promise<{ outcome: AttemptOutcome; status: number | null }> {
  const transport = createTransport({
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTLS: settings.requireTls,
    ...(settings.login ? { auth: { user: settings.login.user, pass: settings.login.password } } : {}),
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    dnsTimeout: deadlineMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), deadlineMs);
  try {
    const sending = transport.sendMail({
      from: settings.from,
      to: [...mail.to],
      subject: mail.subject,
      text: mail.text,
      messageId: `<${mail.id}@${settings.from.slice(settings.from.lastIndexOf("@") + 1)}>`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
    sending.catch(() => undefined);
    const sent = await Promise.race([sending, late.promise]);
    if (sent === "late") return { outcome: "timeout", status: null };
    return { outcome: "delivered", status: readCode(sent.response) };
  } catch (error) {
    return describeFault(error);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

function describeFault(error: unknown): { outcome: AttemptOutcome; status: number | null } {
  if (!(error instanceof Error)) throw error;
  const { code, responseCode } = error as Error & { code?: string; responseCode?: number };
  if (typeof responseCode === "number") return { outcome: "mail-refused", status: responseCode };
  if (code === "ETIMEDOUT") return { outcome: "timeout", status: null };
  if (code === "ETLS") return { outcome: "tls", status: null };
  if (code === "EDNS") return { outcome: "not-delivered", status: null };
  if (code === "ECONNECTION" || code === "ESOCKET") return { outcome: "cannot-connect", status: null };
  return { outcome: "mail-refused", status: null };
}

function readCode(response: unknown): number | null {
  const code = typeof response === "string" ? /^(\d{3})\b/.exec(response)?.[1] : undefined;
  return code === undefined ? null : Number(code);
}
