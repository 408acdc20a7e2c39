import type { MatrixEntry } from "./matrix-entry.ts";
import { randomWord, type Stage } from "./stage.ts";

/** A team whose repositories are those below team-a of alpha. */
async function insertTeam(stage: Stage): Promise<string> {
  const slug = `team-${randomWord()}`;
  const made = await stage.database.query<{ id: string }>(
    "INSERT INTO team (id, slug, name) VALUES (gen_random_uuid(), $1, $1) RETURNING id",
    [slug],
  );
  await stage.database.query(
    "INSERT INTO team_pattern (id, team_id, registry_id, pattern) VALUES (gen_random_uuid(), $1, $2, 'team-a/**')",
    [made.rows[0]?.id, stage.alpha.id],
  );
  return slug;
}

export const teamEntries: MatrixEntry[] = [
  {
    operation: "GET /api/v1/teams",
    permitted: [200],
    prepare: () => ({ request: { path: "/api/v1/teams?limit=500" }, target: { kind: "anything" } }),
  },
  {
    operation: "POST /api/v1/teams",
    permitted: [201],
    prepare: ({ alpha }) => ({
      request: {
        path: "/api/v1/teams",
        body: {
          slug: `n-${randomWord()}`,
          name: "A team",
          description: "What it does",
          patterns: [{ registry: alpha.slug, pattern: "team-a/**" }],
        },
      },
      target: { kind: "console" },
    }),
  },
  {
    operation: "GET /api/v1/teams/{slug}",
    permitted: [200],
    prepare: async (stage) => ({
      request: { path: `/api/v1/teams/${await insertTeam(stage)}` },
      target: { kind: "repository", tenant: stage.alpha, repository: stage.alpha.repositories[0] },
    }),
  },
  {
    operation: "PATCH /api/v1/teams/{slug}",
    permitted: [200],
    prepare: async (stage) => ({
      request: { path: `/api/v1/teams/${await insertTeam(stage)}`, body: { name: "Another name" } },
      target: { kind: "console" },
    }),
  },
  {
    operation: "DELETE /api/v1/teams/{slug}",
    permitted: [204],
    prepare: async (stage) => ({
      request: { path: `/api/v1/teams/${await insertTeam(stage)}` },
      target: { kind: "console" },
    }),
  },
];
