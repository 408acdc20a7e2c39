import type { MatrixEntry } from "./matrix-entry.ts";

const read = (path: string, permitted: readonly number[] = [200]): MatrixEntry => ({
  operation: `GET ${path}`,
  permitted,
  prepare: () => ({ request: { path }, target: { kind: "anything" } }),
});

export const basicEntries: MatrixEntry[] = [
  read("/api/health"),
  read("/api/ready", [200, 503]),
  read("/api/openapi.json"),
];
