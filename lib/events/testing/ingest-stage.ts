import { expect } from "vitest";
import { db } from "#lib/db/client";
import { ingestDoors } from "#lib/events/hot-door";
import type { Source } from "#lib/events/schema";
import { createSource, listSources } from "#lib/events/source-service";
import { createIngestSecret } from "#lib/registries/connection-service";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { startHotDoors } from "#lib/testing/start-hot-doors";

export const ingestKinds = ["distribution", "registry-logs", "kubernetes", "zot", "harbor"] as const;
export type IngestKindName = (typeof ingestKinds)[number];

export interface IngestStage {
  registryId: number;
  url: string;
  port: number;
  idOf(kind: IngestKindName): number;
  secretOf(kind: IngestKindName): string;
  /** Posts to the door of a kind with its source's secret; `url` is another instance of the console. */
  post(
    kind: IngestKindName,
    body: string | Buffer,
    headers?: Record<string, string>,
    url?: string,
  ): Promise<{ status: number; json: Record<string, unknown>; retryAfter: string | null }>;
  readSource(kind: IngestKindName): Promise<Source>;
  close(): Promise<void>;
}

const contentTypes: Record<IngestKindName, string> = {
  distribution: "application/vnd.docker.distribution.events.v1+json",
  "registry-logs": "application/x-ndjson",
  kubernetes: "application/json",
  zot: "application/cloudevents+json",
  harbor: "application/json",
};

/** A registry with a source of every kind, and their doors. */
export async function openIngestStage(): Promise<IngestStage> {
  const registryId = await connectTestRegistry("told", "http://127.0.0.1:1", { repositorySource: "events" });
  const sources = new Map<IngestKindName, { id: number; secret: string }>();
  const { secret: own } = await createIngestSecret(testContext, "told", undefined);
  const { id } = await db().eventSource.findFirstOrThrow({ where: { registryId, kind: "distribution" } });
  sources.set("distribution", { id, secret: own });
  for (const kind of ingestKinds) {
    if (kind === "distribution") continue;
    const cluster = kind === "kubernetes" ? "eu" : undefined;
    const made = await createSource(testContext, { registry: "told", kind, name: kind, cluster });
    sources.set(kind, { id: made.source.id, secret: made.secret });
  }
  const { url, port, close } = await startHotDoors(ingestDoors);
  const secretOf = (kind: IngestKindName) => sources.get(kind)?.secret ?? "";
  const idOf = (kind: IngestKindName) => sources.get(kind)?.id ?? 0;
  return {
    ...{ registryId, url, port, idOf, secretOf, close },
    post: async (kind, body, headers = {}, to = url) => {
      const response = await fetch(`${to}/api/ingest/${kind}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${secretOf(kind)}`,
          "content-type": contentTypes[kind],
          ...headers,
        },
        body: typeof body === "string" ? body : new Uint8Array(body),
      });
      const json = (await response.json()) as Record<string, unknown>;
      return { status: response.status, json, retryAfter: response.headers.get("retry-after") };
    },
    readSource: async (kind) => {
      const found = (await listSources(testContext, "told")).find((source) => source.id === idOf(kind));
      if (!found) throw new Error(`There is no source ${kind}.`);
      return found;
    },
  };
}

/** However it was told, by whomever, at once or not: the rollup holds what the rows hold. */
export async function expectRollupsToAgree(): Promise<void> {
  const events = await db().registryEvent.aggregate({ _sum: { count: true } });
  const hours = await db().eventHour.aggregate({ _sum: { count: true } });
  expect(Number(hours._sum.count ?? 0)).toBe(Number(events._sum.count ?? 0));
}

const digest = `sha256:${"a".repeat(64)}`;

/** Something of each kind that is read well; `at` as the sender writes it. */
export const goodBodies: Record<IngestKindName, (id: string, at: string, text?: string) => object> = {
  distribution: (id, at, text = "docker/27") => ({
    events: [
      {
        id,
        timestamp: at,
        action: "push",
        target: {
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          digest,
          repository: "team/api",
          tag: "v1",
        },
        request: { addr: "10.0.0.9:4711", useragent: text },
        actor: { name: "ci" },
        unknown: { field: [true] },
      },
    ],
  }),
  "registry-logs": (id, at, text = "skopeo/1.9.3") => ({
    time: at,
    level: "error",
    msg: "response completed with error",
    "err.code": "manifest unknown",
    "http.request.id": id,
    "http.request.method": "GET",
    "http.request.uri": "/v2/team/api/manifests/v9",
    "http.request.remoteaddr": "10.0.0.9:4711",
    "http.request.useragent": text,
    "http.response.status": 404,
    "vars.name": "team/api",
    "vars.reference": "v9",
    unknown: { field: [true] },
  }),
  kubernetes: (id, at, text = "") => ({
    kind: "Event",
    apiVersion: "v1",
    metadata: { uid: id, name: `api.${id}`, namespace: "shop" },
    involvedObject: { kind: "Pod", namespace: "shop", name: "api-7d9c8b6f5d-x2x4z" },
    reason: "Failed",
    message: `Failed to pull image "127.0.0.1:1/team/api:v9": 127.0.0.1:1/team/api:v9: not found${text}`,
    source: { component: "kubelet", host: "node-7" },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    unknown: { field: [true] },
  }),
  zot: (id, at, text = "") => ({
    specversion: "1.0",
    id,
    time: at,
    source: "zotregistry.dev",
    type: "zotregistry.image.updated",
    datacontenttype: "application/json",
    data: {
      name: "team/api",
      reference: `v1`,
      digest,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      manifest: text,
    },
    unknown: "field",
  }),
  harbor: (id, at, text = "ci") => ({
    type: "PUSH_ARTIFACT",
    occur_at: Math.floor(Date.parse(at) / 1_000),
    operator: text,
    event_data: {
      resources: [{ digest, tag: "v1", resource_url: `127.0.0.1:1/team/api:${id}` }],
      repository: { namespace: "team", name: "api", repo_full_name: "team/api", repo_type: "private" },
    },
    unknown: "field",
  }),
};
/** So many minutes ago, to the second. */
export const recently = (minutes = 10) =>
  `${new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19)}Z`;
