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

export const basicEntries: MatrixEntry[] = [
  read("/api/health"),
  read("/api/ready", [200, 503]),
  read("/api/openapi.json"),
  ingest,
];
