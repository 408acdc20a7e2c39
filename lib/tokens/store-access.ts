import { Socket } from "node:net";
import { Client, type QueryResult } from "pg";
import { UpstreamError } from "#lib/http/errors";
import { log } from "#lib/log/log";
import type { AccessRows } from "#lib/tokens/access-rows";

/** After so long without an answer the store counts as away: whoever asks for a token is told 503. */
const silenceMs = 3_000;

export interface AccessVersions {
  version: number;
  /** Below it, rows are gone that only a complete reading shows. */
  resetVersion: number;
}

/**
 * One connection of its own to Postgres, for the version that every decision compares and for what has changed since.
 * Not the pool's: a pool that is used up must not decide who may pull. Plain queries, so that it works through a
 * pooler in transaction mode. Its methods are called one at a time.
 */
export class AccessConnection {
  readonly #url: string;
  #client: Client | null = null;
  #socket = new Socket();

  constructor(url: string) {
    this.#url = url;
  }

  readVersions(): Promise<AccessVersions> {
    return this.#run(async (client) => readVersionRow(await client.query(versionQuery)));
  }

  /** What has changed after the version, or everything; as of one moment. */
  readRows(since: number): Promise<AccessRows> {
    return this.#run(async (client) => {
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      const { version, resetVersion } = readVersionRow(await client.query(versionQuery));
      const complete = since === 0 || resetVersion > since || version < since;
      const rows = await readChanges(client, complete ? -2 : since);
      await client.query("COMMIT");
      return { version, complete, ...rows };
    });
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  async #run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = this.#client ?? this.#prepare();
    try {
      if (this.#client !== client) await client.connect();
      this.#client = client;
      // A connection that nobody waits for must not keep the process alive.
      this.#socket.ref();
      const result = await work(client);
      this.#socket.unref();
      return result;
    } catch (error) {
      if (this.#client === client) this.#client = null;
      void client.end().catch(() => undefined);
      log.warn({ name: error instanceof Error ? error.name : "unknown" }, "access could not be read");
      throw new UpstreamError(
        503,
        "store-away",
        "The console's database does not answer. Try again shortly.",
      );
    }
  }

  #prepare(): Client {
    this.#socket = new Socket();
    const client = new Client({
      connectionString: this.#url,
      connectionTimeoutMillis: silenceMs,
      query_timeout: silenceMs * 5,
      keepAlive: true,
      stream: () => this.#socket,
      application_name: "wharfinger access",
    });
    // A connection that is lost between two questions would otherwise end the process.
    client.on("error", () => {
      if (this.#client === client) this.#client = null;
    });
    return client;
  }
}

const versionQuery = {
  text: "SELECT version::float8, reset_version::float8 FROM access_version",
  rowMode: "array" as const,
  query_timeout: silenceMs,
};

function readVersionRow(result: QueryResult): AccessVersions {
  const [version, resetVersion] = result.rows[0] as unknown as [number, number];
  return { version, resetVersion };
}

type Changes = Omit<AccessRows, "version" | "complete">;

async function readChanges(client: Client, since: number): Promise<Changes> {
  const read = async <T>(text: string): Promise<T[]> => {
    const { rows } = await client.query<{ row: T }>(text);
    return rows as unknown as T[];
  };
  // Numbers, not input: the version is ours.
  const after = `changed_version > ${Math.trunc(since)}`;
  return {
    principals: await read(`
      SELECT p.id, p.kind, coalesce(u.login, p.name) AS name, p.user_id AS "userId",
        (p.disabled_at IS NOT NULL OR p.deleted_at IS NOT NULL OR u.disabled_at IS NOT NULL) AS disabled,
        coalesce(u.groups, '{}') AS groups, ${milliseconds("u.groups_at")} AS "groupsAtMs"
      FROM access_principal p LEFT JOIN "user" u ON u.id = p.user_id WHERE p.${after}`),
    secrets: await read(`
      SELECT id, principal_id AS "principalId", secret_hash AS hash, ${milliseconds("expires_at")} AS "expiresAtMs",
        revoked_at IS NOT NULL AS revoked
      FROM access_secret WHERE ${after}`),
    trustRules: await read(`
      SELECT id, principal_id AS "principalId", issuer, audience, subject_pattern AS "subjectPattern", claims,
        revoked_at IS NOT NULL AS revoked
      FROM trust_rule WHERE ${after}`),
    grants: await read(`
      SELECT id, principal_id AS "principalId", registry_id AS "registryId", pattern, actions,
        ${milliseconds("expires_at")} AS "expiresAtMs", revoked_at IS NOT NULL AS revoked
      FROM access_grant WHERE ${after}`),
    registries: await read(`
      SELECT id, slug, token_mode AS "tokenMode", enforcement, disconnected_at IS NOT NULL AS disconnected,
        protected_patterns AS "protectedPatterns", coalesce((
          SELECT json_agg(json_build_object('pattern', x.pattern, 'principalId', x.principal_id))
          FROM protection_pusher x WHERE x.registry_id = registry.id), '[]') AS pushers
      FROM registry WHERE ${after}`),
    signingKeys: await read(`
      SELECT id, registry_id AS "registryId", kid, public_jwk AS "publicJwk", private_cipher AS "privateCipher",
        root_pem AS "rootPem", leaf_pem AS "leafPem", ${milliseconds("leaf_expires_at")} AS "leafExpiresAtMs", state
      FROM signing_key WHERE ${after}`),
  };
}

function milliseconds(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8`;
}
