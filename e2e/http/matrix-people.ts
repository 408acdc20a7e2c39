import { createUser } from "./identities.ts";
import type { MatrixCall, MatrixEntry } from "./matrix-entry.ts";
import { randomWord, type Stage } from "./stage.ts";

const wholeConsole = { kind: "console" } as const;

async function insertSession(stage: Stage): Promise<string> {
  const user = await createUser(stage.database);
  const row = await stage.database.query<{ id: string }>(
    `INSERT INTO session (id, user_id, expires_at) VALUES (gen_random_uuid(), $1, now() + interval '1 day') RETURNING id`,
    [user.id],
  );
  return row.rows[0]?.id ?? "";
}

async function insertApiKey(stage: Stage): Promise<string> {
  const row = await stage.database.query<{ id: string }>(
    `INSERT INTO api_key (id, name, prefix, secret_hash, role) VALUES (gen_random_uuid(), $1, 'whk_test', $1, 'viewer') RETURNING id`,
    [`key ${randomWord()}`],
  );
  return row.rows[0]?.id ?? "";
}

async function insertBinding(stage: Stage): Promise<string> {
  const user = await createUser(stage.database, [
    { role: "viewer", registryId: stage.alpha.id, pattern: null },
  ]);
  const row = await stage.database.query<{ id: string }>("SELECT id FROM role_binding WHERE user_id = $1", [
    user.id,
  ]);
  return row.rows[0]?.id ?? "";
}

const read = (path: string, target: MatrixCall["target"] = wholeConsole): MatrixEntry => ({
  operation: `GET ${path}`,
  permitted: [200],
  prepare: () => ({ request: { path }, target }),
});

export const peopleEntries: MatrixEntry[] = [
  read("/api/v1/me", { kind: "anything" }),
  {
    operation: "POST /api/v1/me/password",
    // A key has no password; a person must name the present one.
    permitted: [403, 422],
    prepare: () => ({
      request: { path: "/api/v1/me/password", body: { present: "not mine", password: "a new password" } },
      target: { kind: "anything" },
    }),
  },
  read("/api/v1/users"),
  {
    operation: "POST /api/v1/users",
    permitted: [201],
    prepare: () => ({
      request: {
        path: "/api/v1/users",
        body: { login: `u-${randomWord()}`, name: "Somebody", roles: [{ role: "admin" }] },
      },
      target: wholeConsole,
    }),
  },
  {
    operation: "GET /api/v1/users/{id}",
    permitted: [200],
    prepare: async (stage) => ({
      request: { path: `/api/v1/users/${(await createUser(stage.database)).id}` },
      target: wholeConsole,
    }),
  },
  {
    operation: "PATCH /api/v1/users/{id}",
    permitted: [200],
    prepare: async (stage) => ({
      request: { path: `/api/v1/users/${(await createUser(stage.database)).id}`, body: { disabled: true } },
      target: wholeConsole,
    }),
  },
  {
    operation: "POST /api/v1/users/{id}/reset-password",
    permitted: [200],
    prepare: async (stage) => ({
      request: { path: `/api/v1/users/${(await createUser(stage.database)).id}/reset-password` },
      target: wholeConsole,
    }),
  },
  read("/api/v1/role-bindings"),
  {
    operation: "POST /api/v1/role-bindings",
    permitted: [201],
    prepare: async (stage) => ({
      request: {
        path: "/api/v1/role-bindings",
        body: { user: (await createUser(stage.database)).login, role: "admin", registry: stage.alpha.slug },
      },
      target: wholeConsole,
    }),
  },
  {
    operation: "DELETE /api/v1/role-bindings/{id}",
    permitted: [204],
    prepare: async (stage) => ({
      request: { path: `/api/v1/role-bindings/${await insertBinding(stage)}` },
      target: wholeConsole,
    }),
  },
  read("/api/v1/api-keys", { kind: "anything" }),
  {
    operation: "POST /api/v1/api-keys",
    permitted: [201],
    prepare: () => ({
      request: { path: "/api/v1/api-keys", body: { name: `key ${randomWord()}`, role: "admin" } },
      target: wholeConsole,
    }),
  },
  {
    operation: "DELETE /api/v1/api-keys/{id}",
    permitted: [204],
    access: "api-keys.write",
    prepare: async (stage) => ({
      request: { path: `/api/v1/api-keys/${await insertApiKey(stage)}` },
      target: { kind: "hidden", seenWith: "api-keys.read" },
    }),
  },
  read("/api/v1/audit-events", { kind: "anything" }),
  read("/api/v1/audit-events/chain", { kind: "anything" }),
  ...["csv", "ndjson"].map(
    (format): MatrixEntry => ({
      operation: "GET /api/v1/audit-events/export",
      permitted: [200],
      prepare: () => ({
        request: { path: `/api/v1/audit-events/export?format=${format}` },
        target: { kind: "anything" },
      }),
    }),
  ),
  read("/api/v1/sessions", { kind: "anything" }),
  {
    operation: "DELETE /api/v1/sessions/{id}",
    permitted: [204],
    access: "sessions.write",
    prepare: async (stage) => ({
      request: { path: `/api/v1/sessions/${await insertSession(stage)}` },
      target: { kind: "hidden", seenWith: "sessions.read" },
    }),
  },
];
