import { z } from "zod";
import { createIngestDoor } from "#lib/events/ingest-door";
import { parseRegistryLogs } from "#lib/events/logs/parse-registry-logs";
import { parseEnvelope } from "#lib/events/parse-envelope";
import type { HotDoor } from "#lib/http/hot-door";

const mib = 1024 * 1024;

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
  summary:
    "Lines of a registry's log, bare, wrapped by a shipper, or as OTLP JSON; Authorization: Bearer with the source's secret",
  limitBytes: 4 * mib,
  body: z.unknown(),
  parse: (text, request, receivedAt) =>
    parseRegistryLogs(text, request.headers["content-type"] ?? null, receivedAt),
});

export const ingestDoors: readonly HotDoor[] = [ingestDistribution, ingestRegistryLogs];
