import type { MetricsAccess } from "#lib/settings/settings";

export interface Asker {
  /** The peer, or what trusted proxies say of it; null when the server's entry is not in front. */
  address: string | null;
  /** The header, as it came. */
  host: string | null;
  /** The request came through a proxy, whatever that says. */
  forwarded: boolean;
  /** What the Authorization header carries. */
  token: string | null;
}

export type MetricsVerdict = "open" | "off" | "elsewhere" | "needs-token";

/**
 * Who may read metrics. A proxy on the same machine is loopback too: what it passes on is refused, and so is a browser
 * that was led to this machine under another name.
 */
export function evaluateMetricsAccess(
  access: MetricsAccess,
  { address, host, forwarded, token }: Asker,
  isEqual: (given: string, wanted: string) => boolean,
): MetricsVerdict {
  switch (access.kind) {
    case "off":
      return "off";
    case "anyone":
      return "open";
    case "token":
      return token !== null && isEqual(token, access.token) ? "open" : "needs-token";
    case "loopback":
      return isLoopback(address) && !forwarded && isLoopbackHost(host) ? "open" : "elsewhere";
  }
}

function isLoopback(address: string | null): boolean {
  return address !== null && (address === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address));
}

function isLoopbackHost(host: string | null): boolean {
  if (host === null) return false;
  const name = host.replace(/:\d{1,5}$/, "").toLowerCase();
  return name === "localhost" || isLoopback(name.replace(/^\[(.*)\]$/, "$1"));
}
