import type { OwnSecretKind } from "#lib/events/schema";

export interface SourceConfig {
  title: string;
  /** Where it is pasted. */
  where: string;
  text: string;
}

export const sourceKindWords: Record<OwnSecretKind, { label: string; tells: string }> = {
  "registry-logs": {
    label: "Registry log",
    tells: "Failed pulls with the registry's own reason. No registry sends a notification of them.",
  },
  kubernetes: {
    label: "Kubernetes events",
    tells: "Failed pulls as nodes see them: names that do not resolve, certificates, platforms, full disks.",
  },
  zot: { label: "zot events", tells: "Pushes and deletions of a zot registry." },
  harbor: { label: "Harbor webhooks", tells: "Pushes, pulls and deletions of a Harbor project." },
};

export const sourceSecretPlaceholder = "<the secret of this source>";

/** What to paste at the sender, word for word; docs/sources.md has more senders. */
export function prepareSourceConfig(kind: OwnSecretKind, url: string, secret: string): SourceConfig[] {
  const { host, port, protocol, pathname } = new URL(url);
  const hostname = host.replace(/:\d+$/, "");
  const isTls = protocol === "https:";
  const portOf = port === "" ? (isTls ? "443" : "80") : port;
  switch (kind) {
    case "registry-logs":
      return [
        { title: "Vector", where: "vector.yaml", text: vectorLogs(url, secret) },
        {
          title: "Fluent Bit",
          where: "fluent-bit.yaml",
          text: fluentBitLogs({ host: hostname, port: portOf, isTls, path: pathname }, secret),
        },
        { title: "OpenTelemetry collector", where: "collector.yaml", text: collectorLogs(url, secret) },
      ];
    case "kubernetes":
      return [{ title: "kubernetes-event-exporter", where: "config.yaml", text: eventExporter(url, secret) }];
    case "zot":
      return [{ title: "zot", where: "config.json, under extensions", text: zotEvents(url, secret) }];
    case "harbor":
      return [{ title: "Harbor", where: "Project, Webhooks, New webhook", text: harborWebhook(url, secret) }];
  }
}

function vectorLogs(url: string, secret: string): string {
  return `sources:
  registry:
    type: file
    include: [/var/log/registry/*.log]
    offset_key: offset
    max_line_bytes: 262144
sinks:
  wharfinger:
    type: http
    inputs: [registry]
    uri: ${url}
    auth: { strategy: bearer, token: "${secret}" }
    encoding: { codec: json }
    framing: { method: newline_delimited }
    compression: gzip
    batch: { max_bytes: 1000000, timeout_secs: 1 }
    acknowledgements: { enabled: true }
`;
}

function fluentBitLogs(
  { host, port, isTls, path }: { host: string; port: string; isTls: boolean; path: string },
  secret: string,
): string {
  return `pipeline:
  inputs:
    - name: tail
      tag: registry
      path: /var/log/registry/*.log
      path_key: path
      offset_key: offset
      db: /var/lib/fluent-bit/registry.db
      buffer_max_size: 256k
      skip_long_lines: on
  outputs:
    - name: http
      match: registry
      host: ${host}
      port: ${port}
      tls: ${isTls ? "on" : "off"}
      uri: ${path}
      header: Authorization Bearer ${secret}
      format: json_lines
      compress: gzip
      retry_limit: no_limits
`;
}

function collectorLogs(url: string, secret: string): string {
  return `receivers:
  filelog:
    include: [/var/log/registry/*.log]
    include_file_path: true
    include_file_record_offset: true
exporters:
  otlphttp:
    logs_endpoint: ${url}
    encoding: json
    headers: { Authorization: "Bearer ${secret}" }
    retry_on_failure: { enabled: true, max_elapsed_time: 0s }
service:
  pipelines:
    logs: { receivers: [filelog], exporters: [otlphttp] }
`;
}

function eventExporter(url: string, secret: string): string {
  return `logLevel: error
logFormat: json
clusterName: production
maxEventAgeSeconds: 60
route:
  routes:
    - match:
        - kind: Pod
          reason: "Failed|BackOff|Pulled|ErrImage|InvalidImage"
          receiver: wharfinger
receivers:
  - name: wharfinger
    webhook:
      endpoint: ${url}
      headers:
        Authorization: "Bearer ${secret}"
`;
}

function zotEvents(url: string, secret: string): string {
  const sink = { type: "http", address: url, timeout: "5s", credentials: { token: secret } };
  return `${JSON.stringify({ events: { enable: true, sinks: [sink] } }, null, 2)}\n`;
}

function harborWebhook(url: string, secret: string): string {
  return `Notify type: http
Payload format: CloudEvents
Event type: Artifact pushed, Artifact pulled, Artifact deleted
Endpoint URL: ${url}
Auth header: Bearer ${secret}
`;
}
