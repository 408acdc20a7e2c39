import type { MatrixEntry } from "./matrix-entry.ts";
import type { TestRequest } from "./send-request.ts";
import { randomWord, type Stage } from "./stage.ts";

// No sender is needed: what is queued goes to an address that is never asked.
const url = "http://169.254.169.254/";

/** Rules belong to the whole console, whatever registry they watch. */
const ofConsole = (operation: string, status: number, request: TestRequest): MatrixEntry => ({
  operation,
  permitted: [status],
  prepare: () => ({ request, target: { kind: "console" } }),
});

async function insertRule(stage: Stage): Promise<string> {
  const made = await stage.database.query<{ id: string }>(
    `INSERT INTO alert_rule (id, kind, registry_id, cool_down_minutes, enabled, enabled_at, channel_kind, channel_name,
       channel_target, created_at, created_by_name)
     VALUES (gen_random_uuid(), 'new-cause', $1, 60, false, now(), 'slack', $2, 'http://169.254.169.254/…', now(), 'tests')
     RETURNING id`,
    [stage.alpha.id, `r-${randomWord()}`],
  );
  return made.rows[0]?.id ?? "";
}

function ofRule(operation: string, status: number, request: (path: string) => TestRequest): MatrixEntry {
  return {
    operation,
    permitted: [status],
    prepare: async (stage) => ({
      request: request(`/api/v1/alert-rules/${await insertRule(stage)}`),
      target: { kind: "console" },
    }),
  };
}

export const alertEntries: MatrixEntry[] = [
  ofConsole("GET /api/v1/alert-rules", 200, { path: "/api/v1/alert-rules" }),
  ofConsole("GET /api/v1/alert-deliveries", 200, { path: "/api/v1/alert-deliveries" }),
  ofConsole("POST /api/v1/alert-rules", 201, {
    path: "/api/v1/alert-rules",
    body: {
      condition: { kind: "new-cause" },
      channel: { kind: "webhook", name: "a test", url },
      enabled: false,
    },
  }),
  ofRule("PATCH /api/v1/alert-rules/{id}", 200, (path) => ({ path, body: { coolDownMinutes: 5 } })),
  ofRule("DELETE /api/v1/alert-rules/{id}", 204, (path) => ({ path })),
  ofRule("POST /api/v1/alert-rules/{id}/test", 202, (path) => ({ path: `${path}/test` })),
];
