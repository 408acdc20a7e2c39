import type { MatrixEntry } from "./matrix-entry.ts";

const read = (path: string, permitted: readonly number[] = [200]): MatrixEntry => ({
  operation: `GET ${path}`,
  permitted,
  prepare: () => ({ request: { path }, target: { kind: "anything" } }),
});

/** A door of machines: the secret of one registry opens it, and nothing else does. */
const ingest: MatrixEntry = {
  operation: "POST /api/ingest/distribution",
  permitted: [],
  refusesEverybody: 401,
  hotDoor: true,
  prepare: () => ({
    request: { path: "/api/ingest/distribution", body: { events: [] } },
    target: { kind: "anything" },
  }),
};

/** The doors of registry clients know neither session nor API key: a request that names no registry is wrong for all. */
const tokenDoors: MatrixEntry[] = (
  [
    ["GET /api/token", 400],
    ["POST /api/token", 415],
    ["GET /api/token/jwks", 400],
    ["POST /api/v1/token-exchange", 415],
  ] as const
).map(([operation, refusesEverybody]) => ({
  operation,
  permitted: [],
  refusesEverybody,
  hotDoor: true,
  prepare: () => ({
    request: { path: operation.split(" ")[1] ?? "", ...(operation.startsWith("POST") ? { body: {} } : {}) },
    target: { kind: "anything" },
  }),
}));

export const basicEntries: MatrixEntry[] = [
  read("/api/health"),
  read("/api/ready", [200, 503]),
  read("/api/openapi.json"),
  ingest,
  ...tokenDoors,
  read("/api/v1/token-denials"),
];
