import { z } from "zod";
import { parseHarborWebhook } from "#lib/events/harbor/parse-harbor-webhook";
import { createIngestDoor } from "#lib/events/ingest-door";
import { parseKubernetesEvents } from "#lib/events/kubernetes/parse-kubernetes-events";
import { parseRegistryLogs } from "#lib/events/logs/parse-registry-logs";
import { parseEnvelope } from "#lib/events/parse-envelope";
import { parseZotEvent } from "#lib/events/zot/parse-zot-event";
import type { HotDoor } from "#lib/http/hot-door";

const mib = 1024 * 1024;
const secretOf = "Authorization: Bearer with the source's secret";

/** Where registries send their notifications. */
export const ingestDistribution: HotDoor = createIngestDoor({
  kind: "distribution",
  path: "/api/ingest/distribution",
  summary: "Notifications of a distribution registry; Authorization: Bearer with the registry's own secret",
  limitBytes: 4 * mib,
  body: z.looseObject({ events: z.array(z.looseObject({})) }),
  parse: (text, _request, receivedAt) => parseEnvelope(text, receivedAt),
});

/** Where log shippers send what a registry writes. */
const ingestRegistryLogs: HotDoor = createIngestDoor({
  kind: "registry-logs",
  path: "/api/ingest/registry-logs",
  summary: `Lines of a registry's log, bare, wrapped by a shipper, or as OTLP JSON; ${secretOf}`,
  limitBytes: 4 * mib,
  body: z.unknown(),
  parse: (text, { headers }, receivedAt) =>
    parseRegistryLogs(text, headers["content-type"] ?? null, receivedAt),
});

/** Where an exporter of a cluster posts its Events. */
const ingestKubernetes: HotDoor = createIngestDoor({
  kind: "kubernetes",
  path: "/api/ingest/kubernetes",
  summary: `Events of a cluster, core/v1 or events.k8s.io, one or many; ${secretOf}`,
  limitBytes: 16 * mib,
  body: z.unknown(),
  parse: (text, { headers }, receivedAt, { registryUrl, cluster }) =>
    parseKubernetesEvents(text, headers["content-type"] ?? null, receivedAt, {
      registryHost: new URL(registryUrl).host,
      cluster,
    }),
});

/** Where zot sends its events. */
const ingestZot: HotDoor = createIngestDoor({
  kind: "zot",
  path: "/api/ingest/zot",
  summary: `Events of a zot registry as CloudEvents; ${secretOf}`,
  limitBytes: 4 * mib,
  body: z.unknown(),
  parse: (text, { headers }, receivedAt) =>
    parseZotEvent(
      text,
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
      ),
      receivedAt,
    ),
});

/** Where Harbor's webhook policies send. */
const ingestHarbor: HotDoor = createIngestDoor({
  kind: "harbor",
  path: "/api/ingest/harbor",
  summary: `Webhooks of a Harbor project, in its own form or as CloudEvents; ${secretOf}`,
  limitBytes: 4 * mib,
  body: z.unknown(),
  parse: (text, _request, receivedAt) => parseHarborWebhook(text, receivedAt),
});

export const ingestDoors: readonly HotDoor[] = [
  ingestDistribution,
  ingestRegistryLogs,
  ingestKubernetes,
  ingestZot,
  ingestHarbor,
];
