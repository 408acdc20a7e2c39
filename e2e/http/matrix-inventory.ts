import type { MatrixTarget } from "./expect-verdict.ts";
import type { MatrixCall, MatrixEntry } from "./matrix-entry.ts";
import { formatQuery, type TestRequest } from "./send-request.ts";
import { randomWord, type Stage } from "./stage.ts";
import { addManifest, addTag, type TenantRepository } from "./tenants.ts";

const anything: MatrixTarget = { kind: "anything" };

function readAnything(
  operation: string,
  query: (stage: Stage) => Record<string, string | number>,
): MatrixEntry {
  const path = operation.slice("GET ".length);
  return {
    operation,
    permitted: [200],
    prepare: (stage) => ({ request: { path: path + formatQuery(query(stage)) }, target: anything }),
  };
}

/** Read once from a repository that `team-a/*` covers, and once from one that it does not. */
function readRepository(
  operation: string,
  query: (repository: TenantRepository) => Record<string, string | number> = () => ({}),
): MatrixEntry[] {
  const path = operation.slice("GET ".length);
  const call =
    (index: 0 | 1) =>
    (stage: Stage): MatrixCall => {
      const repository = stage.alpha.repositories[index];
      const parameters = { registry: stage.alpha.slug, repository: repository.name, ...query(repository) };
      return {
        request: { path: path + formatQuery(parameters) },
        target: { kind: "repository", tenant: stage.alpha, repository },
      };
    };
  return [0, 1].map((index) => ({ operation, permitted: [200], prepare: call(index as 0 | 1) }));
}

function writeRepository(
  operation: string,
  prepare: (stage: Stage, repository: TenantRepository) => Promise<TestRequest>,
): MatrixEntry[] {
  return [0, 1].map((index) => ({
    operation,
    permitted: [200],
    prepare: async (stage) => {
      const repository = stage.alpha.repositories[index as 0 | 1];
      const request = await prepare(stage, repository);
      return { request, target: { kind: "repository", tenant: stage.alpha, repository } };
    },
  }));
}

export const inventoryEntries: MatrixEntry[] = [
  readAnything("GET /api/v1/repositories", () => ({ limit: 500 })),
  readAnything("GET /api/v1/repositories", () => ({ protected: "true", pulled: "unknown", stale: "false" })),
  readAnything("GET /api/v1/repositories/facets", () => ({})),
  readAnything("GET /api/v1/repositories/export", () => ({})),
  readAnything("GET /api/v1/repositories/export", () => ({ format: "ndjson" })),
  readAnything("GET /api/v1/home", () => ({})),
  readAnything("GET /api/v1/repositories/summary", () => ({})),
  ...readRepository("GET /api/v1/repositories/detail"),
  ...readRepository("GET /api/v1/repositories/storage"),
  ...readRepository("GET /api/v1/tags"),
  ...readRepository("GET /api/v1/tag-history", () => ({ tag: "v1" })),
  ...readRepository("GET /api/v1/tags/deletion-plan", () => ({ tag: "v1" })),
  ...readRepository("GET /api/v1/manifests", () => ({ reference: "v1" })),
  ...readRepository("GET /api/v1/manifests", ({ digests }) => ({ reference: digests[0], deleted: "true" })),
  ...readRepository("GET /api/v1/manifests/raw", () => ({ reference: "v1" })),
  ...readRepository("GET /api/v1/manifests/raw", ({ digests }) => ({
    reference: digests[0],
    deleted: "true",
  })),
  ...readRepository("GET /api/v1/manifests/config", ({ digests }) => ({ reference: digests[1] })),
  ...readRepository("GET /api/v1/manifests/deletion-plan", ({ digests }) => ({ reference: digests[1] })),
  ...readRepository("GET /api/v1/referrers", ({ digests }) => ({ digest: digests[1] })),
  ...writeRepository("POST /api/v1/tags", async (stage, repository) => {
    const tag = `t-${randomWord()}`;
    await addTag(stage.database, stage.alpha, repository, tag, repository.digests[1]);
    const body = {
      registry: stage.alpha.slug,
      repository: repository.name,
      tag,
      digest: repository.digests[0],
    };
    return { path: "/api/v1/tags", body };
  }),
  ...writeRepository("DELETE /api/v1/tags", async (stage, repository) => {
    const tag = `t-${randomWord()}`;
    await addTag(stage.database, stage.alpha, repository, tag, repository.digests[1]);
    return {
      path: `/api/v1/tags${formatQuery({ registry: stage.alpha.slug, repository: repository.name, tag })}`,
    };
  }),
  ...writeRepository("DELETE /api/v1/manifests", async (stage, repository) => {
    const { digest } = await addManifest(stage.database, stage.alpha, repository, randomWord());
    const query = { registry: stage.alpha.slug, repository: repository.name, reference: digest };
    return { path: `/api/v1/manifests${formatQuery(query)}` };
  }),
  ...[0, 1].map(
    (index): MatrixEntry => ({
      operation: "GET /api/v1/compare",
      permitted: [200],
      prepare: ({ alpha }) => {
        const repository = alpha.repositories[index as 0 | 1];
        const name = `${alpha.slug}/${repository.name}`;
        const path = `/api/v1/compare${formatQuery({ from: `${name}:v1`, to: `${name}@${repository.digests[0]}` })}`;
        return { request: { path }, target: { kind: "repository", tenant: alpha, repository } };
      },
    }),
  ),
  {
    operation: "POST /api/v1/diagnose",
    permitted: [200],
    prepare: ({ alpha }) => {
      const text = `Failed to pull image "${alpha.slug}.example/${alpha.repositories[1].name}:v0": not found`;
      return { request: { method: "POST", path: "/api/v1/diagnose", body: { text } }, target: anything };
    },
  },
  // What they must not find is in the answer's words: each is asked by somebody who sees only a part.
  readAnything("GET /api/v1/search", () => ({ q: "mark", limit: 50 })),
  readAnything("GET /api/v1/search", ({ beta }) => ({ q: beta.repositories[0].digests[1].slice(0, 20) })),
  readAnything("GET /api/v1/search", ({ alpha }) => ({ q: `${alpha.slug}/team-b` })),
  readAnything("GET /api/v1/digests", ({ alpha }) => ({ digest: alpha.repositories[1].digests[1] })),
  readAnything("GET /api/v1/digests", ({ beta }) => ({ digest: beta.repositories[0].layerDigest })),
  {
    operation: "GET /api/v1/repository-folders",
    permitted: [200],
    prepare: ({ alpha }) => ({
      request: { path: `/api/v1/repository-folders${formatQuery({ registry: alpha.slug })}` },
      target: { kind: "registry", tenant: alpha, inPart: true },
    }),
  },
];
