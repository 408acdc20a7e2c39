import type { MatrixEntry } from "./matrix-entry.ts";
import type { TestRequest } from "./send-request.ts";
import { randomWord, type Stage } from "./stage.ts";

/** Doors of machines: the secret of a source opens each, and nothing else does. */
const doors: MatrixEntry[] = ["registry-logs", "kubernetes", "zot", "harbor"].map((kind) => ({
  operation: `POST /api/ingest/${kind}`,
  permitted: [],
  refusesEverybody: 401,
  hotDoor: true,
  prepare: () => ({ request: { path: `/api/ingest/${kind}`, body: {} }, target: { kind: "anything" } }),
}));

const readAnything = (operation: string, query = ""): MatrixEntry => ({
  operation,
  permitted: [200],
  prepare: () => ({
    request: { path: operation.slice("GET ".length) + query },
    target: { kind: "anything" },
  }),
});

async function insertSource(stage: Stage): Promise<number> {
  const made = await stage.database.query<{ id: number }>(
    "INSERT INTO event_source (registry_id, kind, name, secret_hash) VALUES ($1, 'registry-logs', 'a test', $2) RETURNING id",
    [stage.alpha.id, randomWord()],
  );
  return made.rows[0]?.id ?? 0;
}

function ofSource(operation: string, status: number, rest = ""): MatrixEntry {
  return {
    operation,
    permitted: [status],
    prepare: async (stage) => ({
      request: { path: `/api/v1/sources/${await insertSource(stage)}${rest}` },
      target: { kind: "registry", tenant: stage.alpha },
    }),
  };
}

/** Once in a repository that `team-a/*` covers, and once in one that it does not. */
function ofIncident(
  operation: string,
  status: number,
  request: (path: string) => TestRequest,
): MatrixEntry[] {
  return ([0, 1] as const).map((index) => ({
    operation,
    permitted: [status],
    prepare: async (stage) => {
      const repository = stage.alpha.repositories[index];
      const made = await stage.database.query<{ id: string }>(
        `INSERT INTO incident (registry_id, repository, reference, fold_key, cause, family, subject_kind, subject, count,
           first_at, last_at) VALUES ($1, $2, 'v1', $3, 'not-found', 'absent', 'client', '10.0.0.9 skopeo', 1, now(), now())
         RETURNING id`,
        [stage.alpha.id, repository.name, randomWord()],
      );
      return {
        request: request(`/api/v1/failures/${made.rows[0]?.id}`),
        target: { kind: "repository", tenant: stage.alpha, repository },
      };
    },
  }));
}

const window = () => {
  const to = new Date();
  return `from=${new Date(to.getTime() - 86_400_000).toISOString()}&to=${to.toISOString()}`;
};

export const eventEntries: MatrixEntry[] = [
  ...doors,
  readAnything("GET /api/v1/sources"),
  {
    operation: "POST /api/v1/sources",
    permitted: [201],
    prepare: ({ alpha }) => ({
      request: {
        path: "/api/v1/sources",
        body: { registry: alpha.slug, kind: "kubernetes", name: `c-${randomWord()}`, cluster: "eu" },
      },
      target: { kind: "registry", tenant: alpha },
    }),
  },
  ofSource("POST /api/v1/sources/{id}/secret", 201, "/secret"),
  ofSource("DELETE /api/v1/sources/{id}", 204),
  ofSource("GET /api/v1/sources/{id}/unreadable", 200, "/unreadable"),
  readAnything("GET /api/v1/failures"),
  {
    operation: "GET /api/v1/failures/series",
    permitted: [200],
    prepare: () => ({
      request: { path: `/api/v1/failures/series?${window()}` },
      target: { kind: "anything" },
    }),
  },
  readAnything("GET /api/v1/failures/live", "?seconds=1"),
  ...ofIncident("GET /api/v1/failures/{id}", 200, (path) => ({ path })),
  ...ofIncident("PATCH /api/v1/failures/{id}", 200, (path) => ({ path, body: { state: "acknowledged" } })),
  ...ofIncident("POST /api/v1/failures/{id}/comments", 201, (path) => ({
    path: `${path}/comments`,
    body: { text: "Looking at it." },
  })),
];
