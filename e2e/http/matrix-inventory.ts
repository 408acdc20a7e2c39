import type { MatrixTarget } from "./expect-verdict.ts";
import type { MatrixCall, MatrixEntry } from "./matrix-entry.ts";
import { formatQuery } from "./send-request.ts";
import type { Stage } from "./stage.ts";
import type { TenantRepository } from "./tenants.ts";

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

export const inventoryReadEntries: MatrixEntry[] = [
  readAnything("GET /api/v1/repositories", () => ({ limit: 500 })),
  readAnything("GET /api/v1/repositories/summary", () => ({})),
  ...readRepository("GET /api/v1/repositories/detail"),
  ...readRepository("GET /api/v1/repositories/storage"),
  ...readRepository("GET /api/v1/tags"),
  ...readRepository("GET /api/v1/tag-history", () => ({ tag: "v1" })),
  {
    operation: "GET /api/v1/repository-folders",
    permitted: [200],
    prepare: ({ alpha }) => ({
      request: { path: `/api/v1/repository-folders${formatQuery({ registry: alpha.slug })}` },
      target: { kind: "registry", tenant: alpha },
    }),
  },
];
