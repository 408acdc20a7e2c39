import type { RegistrySignal } from "#lib/events/signal";

/** Lines of registries, as tests need them. */
export interface LineOptions {
  method?: string;
  uri?: string;
  status?: number;
  id?: string;
  agent?: string;
  address?: string;
  user?: string;
  time?: string;
}

let lastId = 0;

/** Fields of a line of distribution's application log. */
export function distributionFields(
  message: string,
  options: LineOptions & { code?: string; detail?: string; vars?: Record<string, string> } = {},
) {
  return {
    ...(options.user && { "auth.user.name": options.user }),
    ...(options.code && { "err.code": options.code, "err.message": options.code }),
    ...(options.detail && { "err.detail": options.detail }),
    "go.version": "go1.22",
    "http.request.host": "registry.example",
    "http.request.id": options.id ?? `request-${++lastId}`,
    "http.request.method": options.method ?? "GET",
    "http.request.remoteaddr": options.address ?? "10.0.0.9:4711",
    "http.request.uri": options.uri ?? "/v2/team/api/manifests/v9",
    "http.request.useragent": options.agent ?? "containerd/2.1",
    ...(options.status && { "http.response.status": options.status }),
    level: "error",
    msg: message,
    time: options.time ?? "2026-05-01T10:00:00.123456789Z",
    ...Object.fromEntries(Object.entries(options.vars ?? {}).map(([name, value]) => [`vars.${name}`, value])),
  };
}

export function distributionLine(...parts: Parameters<typeof distributionFields>): string {
  return JSON.stringify(distributionFields(...parts));
}

/** The same in the text form of logrus. */
export function logfmtLine(...parts: Parameters<typeof distributionFields>): string {
  const { time, level, msg, ...rest } = distributionFields(...parts);
  const quote = (value: unknown) =>
    /^[\w.:/@-]+$/.test(String(value)) ? String(value) : JSON.stringify(String(value));
  const pairs = Object.entries(rest).map(([name, value]) => `${name}=${quote(value)}`);
  return [`time="${time}"`, `level=${level}`, `msg=${quote(msg)}`, ...pairs].join(" ");
}

export function combinedLine(options: LineOptions = {}): string {
  const request = `${options.method ?? "GET"} ${options.uri ?? "/v2/team/api/manifests/v9"} HTTP/1.1`;
  const time = options.time ?? "01/May/2026:10:00:00 +0000";
  const who = `${options.address ?? "10.0.0.9"} - ${options.user ?? "-"}`;
  return `${who} [${time}] "${request}" ${options.status ?? 404} 96 "" "${options.agent ?? "containerd/2.1"}"`;
}

export function zotLine(options: LineOptions & { token?: boolean } = {}): string {
  return JSON.stringify({
    time: options.time ?? "2026-05-01T10:00:00.123456789Z",
    level: "info",
    message: "HTTP API",
    module: "http",
    component: "session",
    ...(options.user && { username: options.user }),
    clientIP: options.address ?? "10.0.0.9:4711",
    method: options.method ?? "GET",
    path: options.uri ?? "/v2/team/api/manifests/v9",
    statusCode: options.status ?? 404,
    latency: "0s",
    bodySize: 96,
    headers: {
      Accept: ["*/*"],
      ...(options.token !== false && { Authorization: ["******"] }),
      "User-Agent": [options.agent ?? "containerd/2.1"],
    },
    caller: "pkg/api/session.go:92",
    goroutine: 45,
  });
}

/** A signal in a few words: `pull team/api:v9 not-found?`, where `?` says that it is provisional. */
export function formatSignal(signal: RegistrySignal): string {
  const reference = signal.tag === null ? "" : `:${signal.tag}`;
  const digest = signal.digest === null ? "" : "@digest";
  const what = `${signal.action} ${signal.repository}${reference}${digest}`;
  return `${what} ${signal.cause ?? "ok"}${signal.provisional ? "?" : ""}`;
}
