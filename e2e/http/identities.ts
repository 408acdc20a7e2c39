import { randomBytes } from "node:crypto";
import { hash } from "@node-rs/argon2";
import type { Client } from "pg";
import { type Role, roles } from "#lib/auth/permissions";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { getAdminKey } from "./console-under-test.ts";
import { readJson, sendRequest } from "./send-request.ts";
import { type CookieJar, signIn } from "./sign-in.ts";
import type { Tenant } from "./tenants.ts";

export interface HeldRole {
  role: Role;
  /** Null: every registry. */
  registryId: number | null;
  pattern: string | null;
}

/** Somebody, or nobody, who asks; `held` is empty when they are not to be believed. */
export interface Identity {
  name: string;
  authenticated: boolean;
  held: HeldRole[];
  headers: Record<string, string>;
}

export interface TestUser {
  id: string;
  login: string;
  password: string;
}

/** People and keys of every kind, each made by real sign-in or through the API. */
export async function seedIdentities(
  database: Client,
  console: ConsoleUnderTest,
  origin: string,
  tenants: { alpha: Tenant; beta: Tenant },
): Promise<Identity[]> {
  const everywhere = (role: Role): HeldRole => ({ role, registryId: null, pattern: null });
  const { alpha, beta } = tenants;
  const people: [string, HeldRole[]][] = [
    ...roles.map((role): [string, HeldRole[]] => [role, [everywhere(role)]]),
    ["engineer of beta", [{ role: "engineer", registryId: beta.id, pattern: null }]],
    ["viewer of team-a/* in alpha", [{ role: "viewer", registryId: alpha.id, pattern: "team-a/*" }]],
    ["engineer of team-b/** anywhere", [{ role: "engineer", registryId: null, pattern: "team-b/**" }]],
    ["admin of alpha only", [{ role: "admin", registryId: alpha.id, pattern: null }]],
    ["somebody without a role", []],
  ];
  const signedIn = await Promise.all(
    people.map(async ([name, held]): Promise<Identity> => {
      const { jar } = await createSignedIn(database, console, origin, held);
      return { name, authenticated: true, held, headers: { cookie: jar.format(), origin } };
    }),
  );
  const keys = await Promise.all(
    roles.map(async (role): Promise<Identity> => {
      const { secret } = await createApiKey(console, role);
      return {
        name: `key of ${role}`,
        authenticated: true,
        held: [everywhere(role)],
        headers: bearer(secret),
      };
    }),
  );
  return [nobody, ...signedIn, ...keys, ...(await seedRefused(database, console, origin))];
}

export const nobody: Identity = { name: "nobody", authenticated: false, held: [], headers: {} };

/** Those who were somebody, or pretend to be. */
async function seedRefused(database: Client, console: ConsoleUnderTest, origin: string): Promise<Identity[]> {
  const admin: HeldRole = { role: "admin", registryId: null, pattern: null };
  const expired = await createApiKey(console, "admin");
  await database.query("UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = $1", [
    expired.id,
  ]);
  const revoked = await createApiKey(console, "admin");
  await database.query("UPDATE api_key SET revoked_at = now() WHERE id = $1", [revoked.id]);
  const ended = await createSignedIn(database, console, origin, [admin]);
  await database.query("UPDATE session SET revoked_at = now() WHERE user_id = $1", [ended.user.id]);
  const disabled = await createSignedIn(database, console, origin, [admin]);
  await database.query(`UPDATE "user" SET disabled_at = now() WHERE id = $1`, [disabled.user.id]);
  const late = await createSignedIn(database, console, origin, [admin]);
  await database.query("UPDATE session SET expires_at = now() - interval '1 second' WHERE user_id = $1", [
    late.user.id,
  ]);
  const refused = (name: string, headers: Record<string, string>): Identity => ({
    name,
    authenticated: false,
    held: [],
    headers,
  });
  return [
    refused("an expired key", bearer(expired.secret)),
    refused("a revoked key", bearer(revoked.secret)),
    refused("a revoked session", { cookie: ended.jar.format(), origin }),
    refused("an expired session", { cookie: late.jar.format(), origin }),
    refused("the session of a disabled person", { cookie: disabled.jar.format(), origin }),
    refused("a malformed bearer", { authorization: "Bearer not a key" }),
    refused("an unknown key", bearer(randomBytes(32).toString("base64url"))),
  ];
}

export function bearer(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}` };
}

// One for all: hashing is slow on purpose, and the tests make hundreds of people.
const password = randomBytes(12).toString("base64url");
let passwordHash: Promise<string> | null = null;

export async function createUser(database: Client, held: HeldRole[] = []): Promise<TestUser> {
  const login = `t-${randomBytes(6).toString("hex")}`;
  passwordHash ??= hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const made = await database.query<{ id: string }>(
    `INSERT INTO "user" (id, login, name, password_hash) VALUES (gen_random_uuid(), $1, $1, $2) RETURNING id`,
    [login, await passwordHash],
  );
  const id = made.rows[0]?.id ?? "";
  for (const { role, registryId, pattern } of held)
    await database.query(
      "INSERT INTO role_binding (id, user_id, role, registry_id, pattern) VALUES (gen_random_uuid(), $1, $2, $3, $4)",
      [id, role, registryId, pattern],
    );
  return { id, login, password };
}

export async function createSignedIn(
  database: Client,
  console: ConsoleUnderTest,
  origin: string,
  held: HeldRole[],
): Promise<{ user: TestUser; jar: CookieJar }> {
  const user = await createUser(database, held);
  const { ok, jar, answer } = await signIn(console, origin, user.login, user.password);
  if (!ok)
    throw new Error(`Sign-in of ${user.login} was refused: ${answer.status} ${answer.text.slice(0, 300)}`);
  return { user, jar };
}

export async function createApiKey(
  console: ConsoleUnderTest,
  role: Role,
): Promise<{ id: string; secret: string }> {
  const answer = await sendRequest(console, {
    method: "POST",
    path: "/api/v1/api-keys",
    headers: bearer(getAdminKey()),
    body: { name: `key of ${role} ${randomBytes(3).toString("hex")}`, role },
  });
  if (answer.status !== 201)
    throw new Error(`POST /api/v1/api-keys: ${answer.status} ${answer.text.slice(0, 300)}`);
  const { key, secret } = readJson(answer) as { key: { id: string }; secret: string };
  return { id: key.id, secret };
}
