import type { Permission } from "#lib/auth/permissions";
import { createUser } from "./identities.ts";
import type { MatrixCall, MatrixEntry } from "./matrix-entry.ts";
import { formatQuery } from "./send-request.ts";
import { randomWord, type Stage } from "./stage.ts";

async function insertRobot(stage: Stage): Promise<string> {
  const made = await stage.database.query<{ id: string }>(
    "INSERT INTO access_principal (id, kind, name, created_by) VALUES (gen_random_uuid(), 'robot', $1, 'tests') RETURNING id",
    [`robot-${randomWord()}`],
  );
  return made.rows[0]?.id ?? "";
}

async function insertSecret(stage: Stage, robot: string): Promise<string> {
  const made = await stage.database.query<{ id: string }>(
    `INSERT INTO access_secret (id, principal_id, name, prefix, secret_hash, created_by)
     VALUES (gen_random_uuid(), $1, 'one', 'wfs_test', $2, 'tests') RETURNING id`,
    [robot, `hash ${randomWord()}`],
  );
  return made.rows[0]?.id ?? "";
}

async function insertTrustRule(stage: Stage, robot: string): Promise<string> {
  const made = await stage.database.query<{ id: string }>(
    `INSERT INTO trust_rule (id, principal_id, issuer, audience, subject_pattern, created_by)
     VALUES (gen_random_uuid(), $1, 'https://issuer.example', 'wharfinger', 'repo:team/app', 'tests') RETURNING id`,
    [robot],
  );
  return made.rows[0]?.id ?? "";
}

/** For a robot of its own, to the repository that `team-a/*` covers in alpha. */
export async function insertGrant(stage: Stage, more: { revoked?: true } = {}): Promise<string> {
  const made = await stage.database.query<{ id: string }>(
    `INSERT INTO access_grant (id, principal_id, registry_id, pattern, actions, created_by, revoked_at)
     VALUES (gen_random_uuid(), $1, $2, $3, '{pull,push}', 'tests', $4) RETURNING id`,
    [
      await insertRobot(stage),
      stage.alpha.id,
      stage.alpha.repositories[0].name,
      more.revoked ? new Date() : null,
    ],
  );
  return made.rows[0]?.id ?? "";
}

/** About a robot without grants and owner: it exists for who may read access everywhere. */
function ofRobot(
  operation: string,
  access: Permission,
  permitted: number,
  prepare: (stage: Stage, robot: string) => Promise<MatrixCall["request"]> | MatrixCall["request"],
): MatrixEntry {
  return {
    operation,
    access,
    permitted: [permitted],
    prepare: async (stage) => ({
      request: await prepare(stage, await insertRobot(stage)),
      target: { kind: "hidden", seenWith: "access.read" },
    }),
  };
}

/** About the repository that `team-a/*` covers in alpha. */
export function ofRepository(
  operation: string,
  permitted: number,
  prepare: (stage: Stage) => Promise<MatrixCall["request"]> | MatrixCall["request"],
): MatrixEntry {
  return {
    operation,
    permitted: [permitted],
    prepare: async (stage) => ({
      request: await prepare(stage),
      target: { kind: "repository", tenant: stage.alpha, repository: stage.alpha.repositories[0] },
    }),
  };
}

export const newGrant = ({ alpha }: Stage) => ({
  principal: "everyone",
  registry: alpha.slug,
  pattern: alpha.repositories[0].name,
  actions: ["pull"],
});

const anything = { kind: "anything" } as const;
const rule = { issuer: "https://issuer.example", audience: "wharfinger", subjectPattern: "repo:team/app" };

const principalEntries: MatrixEntry[] = [
  {
    operation: "GET /api/v1/principals",
    permitted: [200],
    prepare: async (stage) => {
      await insertGrant(stage);
      return { request: { path: "/api/v1/principals?limit=500" }, target: anything };
    },
  },
  {
    operation: "POST /api/v1/principals",
    permitted: [201],
    prepare: () => ({
      request: { path: "/api/v1/principals", body: { kind: "robot", name: `n-${randomWord()}` } },
      target: anything,
    }),
  },
  ofRobot("GET /api/v1/principals/{id}", "access.read", 200, (_stage, robot) => ({
    path: `/api/v1/principals/${robot}`,
  })),
  ofRobot("PATCH /api/v1/principals/{id}", "access.write", 200, (_stage, robot) => ({
    path: `/api/v1/principals/${robot}`,
    body: { disabled: true },
  })),
  ofRobot("DELETE /api/v1/principals/{id}", "access.write", 204, (_stage, robot) => ({
    path: `/api/v1/principals/${robot}`,
  })),
  ofRobot("GET /api/v1/principals/{id}/secrets", "access.read", 200, (_stage, robot) => ({
    path: `/api/v1/principals/${robot}/secrets`,
  })),
  ofRobot("POST /api/v1/principals/{id}/secrets", "access.write", 201, (_stage, robot) => ({
    path: `/api/v1/principals/${robot}/secrets`,
    body: { name: "one" },
  })),
  ofRobot("DELETE /api/v1/principals/{id}/secrets/{partId}", "access.write", 204, async (stage, robot) => ({
    path: `/api/v1/principals/${robot}/secrets/${await insertSecret(stage, robot)}`,
  })),
  ofRobot("GET /api/v1/principals/{id}/trust-rules", "access.read", 200, (_stage, robot) => ({
    path: `/api/v1/principals/${robot}/trust-rules`,
  })),
  ofRobot("POST /api/v1/principals/{id}/trust-rules", "access.write", 201, (_stage, robot) => ({
    path: `/api/v1/principals/${robot}/trust-rules`,
    body: rule,
  })),
  ofRobot(
    "DELETE /api/v1/principals/{id}/trust-rules/{partId}",
    "access.write",
    204,
    async (stage, robot) => ({
      path: `/api/v1/principals/${robot}/trust-rules/${await insertTrustRule(stage, robot)}`,
    }),
  ),
  {
    operation: "GET /api/v1/me/registry-secrets",
    // Only a person has secrets of their own; a key is told so.
    permitted: [200, 403],
    prepare: () => ({ request: { path: "/api/v1/me/registry-secrets" }, target: anything }),
  },
  {
    operation: "POST /api/v1/me/registry-secrets",
    // At some time they have as many as anybody may have.
    permitted: [201, 403, 409],
    prepare: () => ({
      request: { path: "/api/v1/me/registry-secrets", body: { name: "laptop" } },
      target: anything,
    }),
  },
  {
    operation: "DELETE /api/v1/me/registry-secrets/{id}",
    // Somebody else's: it does not exist for them.
    permitted: [403, 404],
    prepare: async (stage) => ({
      request: { path: `/api/v1/me/registry-secrets/${await insertSecret(stage, await insertRobot(stage))}` },
      target: anything,
    }),
  },
];

const grantEntries: MatrixEntry[] = [
  {
    operation: "GET /api/v1/grants",
    permitted: [200],
    prepare: async (stage) => {
      await insertGrant(stage);
      return { request: { path: "/api/v1/grants?limit=500" }, target: anything };
    },
  },
  ofRepository("POST /api/v1/grants", 201, (stage) => ({ path: "/api/v1/grants", body: newGrant(stage) })),
  {
    operation: "POST /api/v1/grants",
    permitted: [201],
    prepare: (stage) => ({
      request: {
        path: "/api/v1/grants",
        body: { ...newGrant(stage), principal: "group:ops", pattern: null, actions: ["catalog"] },
      },
      target: { kind: "registry", tenant: stage.alpha },
    }),
  },
  ofRepository("POST /api/v1/grants/preview", 200, (stage) => ({
    path: "/api/v1/grants/preview",
    body: newGrant(stage),
  })),
  ofRepository("GET /api/v1/grants/{id}", 200, async (stage) => ({
    path: `/api/v1/grants/${await insertGrant(stage)}`,
  })),
  ofRepository("PATCH /api/v1/grants/{id}", 200, async (stage) => ({
    path: `/api/v1/grants/${await insertGrant(stage)}`,
    body: { reason: "another one" },
  })),
  ofRepository("DELETE /api/v1/grants/{id}", 204, async (stage) => ({
    path: `/api/v1/grants/${await insertGrant(stage)}`,
  })),
  ofRepository("POST /api/v1/grants/{id}/restore", 200, async (stage) => ({
    path: `/api/v1/grants/${await insertGrant(stage, { revoked: true })}/restore`,
  })),
];

/** By somebody else, for the repository that `team-a/*` covers in alpha. */
async function insertRequest(stage: Stage): Promise<string> {
  const { id } = await createUser(stage.database);
  const made = await stage.database.query<{ id: string }>(
    `INSERT INTO access_request (id, user_id, registry_id, pattern, actions, reason)
     VALUES (gen_random_uuid(), $1, $2, $3, '{pull}', 'a test') RETURNING id`,
    [id, stage.alpha.id, stage.alpha.repositories[0].name],
  );
  return made.rows[0]?.id ?? "";
}

const effectiveEntries: MatrixEntry[] = [
  ofRepository("GET /api/v1/access/effective", 200, async (stage) => {
    await insertGrant(stage);
    const { alpha } = stage;
    return {
      path: `/api/v1/access/effective${formatQuery({ registry: alpha.slug, repository: alpha.repositories[0].name })}`,
    };
  }),
  {
    operation: "GET /api/v1/access/matrix",
    permitted: [200],
    prepare: async (stage) => {
      await insertGrant(stage);
      return {
        request: { path: `/api/v1/access/matrix${formatQuery({ registry: stage.alpha.slug })}` },
        target: { kind: "registry", tenant: stage.alpha, inPart: true },
      };
    },
  },
  ofRepository("POST /api/v1/access/check", 200, ({ alpha }) => ({
    path: "/api/v1/access/check",
    body: {
      principal: "everyone",
      registry: alpha.slug,
      repository: alpha.repositories[0].name,
      action: "pull",
    },
  })),
  {
    operation: "GET /api/v1/access/mine",
    permitted: [200],
    prepare: async (stage) => {
      await insertGrant(stage);
      return { request: { path: "/api/v1/access/mine" }, target: anything };
    },
  },
  {
    operation: "GET /api/v1/access/summary",
    permitted: [200],
    prepare: async (stage) => {
      await insertGrant(stage);
      return { request: { path: "/api/v1/access/summary" }, target: anything };
    },
  },
  {
    operation: "GET /api/v1/registries/{slug}/protections",
    permitted: [200],
    prepare: (stage) => ({
      request: { path: `/api/v1/registries/${stage.alpha.slug}/protections` },
      target: { kind: "registry", tenant: stage.alpha, inPart: true },
    }),
  },
  {
    operation: "PUT /api/v1/registries/{slug}/protections",
    permitted: [200],
    prepare: (stage) => ({
      request: {
        path: `/api/v1/registries/${stage.alpha.slug}/protections`,
        body: { items: [{ pattern: "team-z/**", pushers: ["group:release"] }] },
      },
      target: { kind: "registry", tenant: stage.alpha },
    }),
  },
  {
    operation: "GET /api/v1/access-requests",
    permitted: [200],
    prepare: async (stage) => {
      await insertRequest(stage);
      return { request: { path: "/api/v1/access-requests?limit=500" }, target: anything };
    },
  },
  {
    ...ofRepository("POST /api/v1/access-requests", 201, ({ alpha }) => ({
      path: "/api/v1/access-requests",
      body: {
        registry: alpha.slug,
        pattern: alpha.repositories[0].name,
        actions: ["pull"],
        reason: "a test",
      },
    })),
    // A key asks for nothing; and some ask so often here that they have to wait for an answer.
    permitted: [201, 403, 409],
  },
  {
    ...ofRepository("POST /api/v1/access-requests/{id}", 200, async (stage) => ({
      path: `/api/v1/access-requests/${await insertRequest(stage)}`,
      body: { state: "approved" },
    })),
    access: "access.write",
  },
];

const leastEntries: MatrixEntry[] = [
  {
    operation: "GET /api/v1/grants/document",
    permitted: [200],
    prepare: async (stage) => {
      await insertGrant(stage);
      return { request: { path: "/api/v1/grants/document" }, target: anything };
    },
  },
  {
    operation: "POST /api/v1/grants/document",
    permitted: [200],
    // Says nothing of principals, grants and protections, and so changes none.
    prepare: () => ({
      request: { path: "/api/v1/grants/document", body: { document: "version: 1" } },
      target: anything,
    }),
  },
  {
    operation: "GET /api/v1/grants/suggestions",
    permitted: [200],
    prepare: async (stage) => {
      await insertUnused(stage);
      return { request: { path: "/api/v1/grants/suggestions" }, target: anything };
    },
  },
  ofRepository("POST /api/v1/grants/suggestions/{id}/apply", 200, async (stage) => ({
    path: `/api/v1/grants/suggestions/unused:${await insertUnused(stage)}/apply`,
  })),
];

async function insertUnused(stage: Stage): Promise<string> {
  const id = await insertGrant(stage);
  await stage.database.query(
    "UPDATE access_grant SET created_at = now() - interval '1 year', updated_at = now() - interval '1 year' WHERE id = $1",
    [id],
  );
  return id;
}

export const accessEntries: MatrixEntry[] = [
  ...leastEntries,
  ...principalEntries,
  ...grantEntries,
  ...effectiveEntries,
];
