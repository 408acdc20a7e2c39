import type { MatrixEntry } from "./matrix-entry.ts";
import type { TestRequest } from "./send-request.ts";
import { randomWord, type Stage } from "./stage.ts";

function ofAlpha(operation: string, status: number, request: (stage: Stage) => TestRequest): MatrixEntry {
  return {
    operation,
    permitted: [status],
    prepare: (stage) => ({
      request: request(stage),
      target: {
        kind: "registry",
        tenant: stage.alpha,
        ...(operation.startsWith("GET ") ? { inPart: true as const } : {}),
      },
    }),
  };
}

async function insertRegistry(stage: Stage): Promise<{ id: number; slug: string }> {
  const slug = `r-${randomWord()}`;
  const made = await stage.database.query<{ id: number }>(
    "INSERT INTO registry (slug, name, url, sync_every_minutes) VALUES ($1, $1, $2, 0) RETURNING id",
    [slug, stage.alpha.registry.url],
  );
  return { id: made.rows[0]?.id ?? 0, slug };
}

const path = (stage: Stage, rest = "") => `/api/v1/registries/${stage.alpha.slug}${rest}`;

export const registryEntries: MatrixEntry[] = [
  {
    operation: "GET /api/v1/registries",
    permitted: [200],
    prepare: () => ({ request: { path: "/api/v1/registries?limit=500" }, target: { kind: "anything" } }),
  },
  {
    operation: "POST /api/v1/registries",
    permitted: [201],
    prepare: ({ alpha }) => ({
      request: {
        path: "/api/v1/registries",
        body: { slug: `n-${randomWord()}`, url: alpha.registry.url, sync: false, syncEveryMinutes: 0 },
      },
      target: { kind: "console" },
    }),
  },
  ofAlpha("GET /api/v1/registries/{slug}", 200, (stage) => ({ path: path(stage) })),
  ofAlpha("PATCH /api/v1/registries/{slug}", 200, (stage) => ({
    path: path(stage),
    body: { name: `Registry ${stage.alpha.mark}`, syncEveryMinutes: 0 },
  })),
  {
    operation: "DELETE /api/v1/registries/{slug}",
    permitted: [204],
    prepare: async (stage) => {
      const { id, slug } = await insertRegistry(stage);
      return {
        request: { path: `/api/v1/registries/${slug}` },
        target: { kind: "registry", tenant: { id } },
      };
    },
  },
  ofAlpha("POST /api/v1/registries/{slug}/test", 200, (stage) => ({ path: path(stage, "/test") })),
  {
    operation: "POST /api/v1/registry-tests",
    permitted: [200],
    prepare: ({ alpha }) => ({
      request: { path: "/api/v1/registry-tests", body: { url: alpha.registry.url } },
      target: { kind: "console" },
    }),
  },
  ofAlpha("POST /api/v1/registry-tests", 200, ({ alpha }) => ({
    path: "/api/v1/registry-tests",
    body: { slug: alpha.slug },
  })),
  ofAlpha("POST /api/v1/registries/{slug}/ingest-secret", 201, (stage) => ({
    path: path(stage, "/ingest-secret"),
    body: {},
  })),
  {
    // It is about the registry as a whole: a role for a part of it does not reach so far.
    operation: "GET /api/v1/registries/{slug}/enforcement",
    permitted: [200],
    prepare: (stage) => ({
      request: { path: path(stage, "/enforcement") },
      target: { kind: "registry", tenant: stage.alpha },
    }),
  },
  ofAlpha("PATCH /api/v1/registries/{slug}/enforcement", 200, (stage) => ({
    path: path(stage, "/enforcement"),
    body: { tokenMode: "certificate", reason: "it asks for it" },
  })),
  ofAlpha("POST /api/v1/registries/{slug}/enforcement/check", 200, (stage) => ({
    path: path(stage, "/enforcement/check"),
  })),
  {
    operation: "POST /api/v1/registries/{slug}/enforcement/keys",
    permitted: [200],
    prepare: async (stage) => {
      // Of its own: a second next key at one registry would be refused.
      const { id, slug } = await insertRegistry(stage);
      return {
        request: { path: `/api/v1/registries/${slug}/enforcement/keys`, body: { step: "prepare" } },
        target: { kind: "registry", tenant: { id } },
      };
    },
  },
  ofAlpha("GET /api/v1/registries/{slug}/sync", 200, (stage) => ({ path: path(stage, "/sync") })),
  ofAlpha("POST /api/v1/registries/{slug}/sync", 202, (stage) => ({ path: path(stage, "/sync"), body: {} })),
  ofAlpha("DELETE /api/v1/registries/{slug}/sync", 202, (stage) => ({ path: path(stage, "/sync") })),
  {
    operation: "GET /api/v1/allowed-networks",
    permitted: [200],
    prepare: () => ({ request: { path: "/api/v1/allowed-networks" }, target: { kind: "console" } }),
  },
  {
    operation: "POST /api/v1/allowed-networks",
    permitted: [201],
    prepare: () => ({
      request: {
        path: "/api/v1/allowed-networks",
        body: { cidr: `${randomNetwork()}/32`, reason: "a test" },
      },
      target: { kind: "console" },
    }),
  },
  {
    operation: "DELETE /api/v1/allowed-networks/{id}",
    permitted: [204],
    prepare: async ({ database }) => {
      const made = await database.query<{ id: number }>(
        "INSERT INTO allowed_network (cidr, reason, created_by_name) VALUES ($1, 'a test', 'tests') RETURNING id",
        [`${randomNetwork()}/32`],
      );
      const request = { path: `/api/v1/allowed-networks/${made.rows[0]?.id}` };
      return { request, target: { kind: "console" } };
    },
  },
];

function randomNetwork(): string {
  const part = () => Math.floor(Math.random() * 256);
  return `10.${part()}.${part()}.${part()}`;
}
