export interface MailSettings {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS where it is offered. */
  secure: boolean;
  /** A login is sent in the clear to this machine only. */
  requireTls: boolean;
  login: { user: string; password: string } | null;
  from: string;
}

const names = ["WHARFINGER_SMTP_URL", "WHARFINGER_MAIL_FROM"] as const;

/** Where e-mail is handed over: neither setting, or both. Never repeats the address, which may hold a password. */
export function readMailSettings(environment: Record<string, string | undefined>): {
  settings: MailSettings | null;
  problems: string[];
} {
  const [address, from] = names.map((name) => environment[name]?.trim() || undefined);
  if (address === undefined && from === undefined) return { settings: null, problems: [] };
  const problems: string[] = [];
  const url = address === undefined ? null : parseSmtpUrl(address);
  if (address === undefined) problems.push("WHARFINGER_SMTP_URL must be set, as WHARFINGER_MAIL_FROM is.");
  else if (url === null)
    problems.push(
      "WHARFINGER_SMTP_URL must be an address such as smtps://user:password@mail.example.com or smtp://mail.example.com:587.",
    );
  if (from === undefined) problems.push("WHARFINGER_MAIL_FROM must be set, as WHARFINGER_SMTP_URL is.");
  else if (!/^[^\s@<>"(),:;\\[\]]{1,64}@[A-Za-z0-9.-]{1,190}$/.test(from))
    problems.push("WHARFINGER_MAIL_FROM must be an e-mail address such as wharfinger@example.com.");
  if (problems.length > 0 || url === null || from === undefined) return { settings: null, problems };
  return { settings: { ...url, from }, problems: [] };
}

function parseSmtpUrl(text: string): Omit<MailSettings, "from"> | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const { protocol, hostname, username, password, search, hash, pathname } = url;
  const secure = protocol === "smtps:";
  const isBare = !search && !hash && (pathname === "" || pathname === "/");
  if ((!secure && protocol !== "smtp:") || hostname === "" || !isBare) return null;
  if ((username === "") !== (password === "")) return null;
  const host = hostname.replace(/^\[|\]$/g, "");
  const isLocal = host === "localhost" || host === "127.0.0.1" || host === "::1";
  try {
    return {
      host,
      port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
      secure,
      requireTls: !secure && username !== "" && !isLocal,
      login:
        username === ""
          ? null
          : { user: decodeURIComponent(username), password: decodeURIComponent(password) },
    };
  } catch {
    return null;
  }
}
