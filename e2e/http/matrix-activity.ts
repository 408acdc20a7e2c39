import type { MatrixEntry } from "./matrix-entry.ts";

function readWindow(name: string): MatrixEntry {
  return {
    operation: `GET /api/v1/activity/${name}`,
    permitted: [200],
    prepare: () => {
      const to = new Date();
      const from = new Date(to.getTime() - 7 * 86_400_000);
      return {
        request: {
          path: `/api/v1/activity/${name}?from=${from.toISOString()}&to=${to.toISOString()}`,
        },
        target: { kind: "anything" },
      };
    },
  };
}

export const activityEntries: MatrixEntry[] = [
  readWindow("series"),
  readWindow("publishing"),
  readWindow("repositories"),
  {
    // No role opens it: only a scraper on this machine, and what a proxy passes on is from elsewhere.
    operation: "GET /api/metrics",
    permitted: [],
    refusesEverybody: 403,
    hotDoor: true,
    prepare: () => ({
      request: { path: "/api/metrics", headers: { "x-forwarded-for": "203.0.113.9" } },
      target: { kind: "anything" },
    }),
  },
];
