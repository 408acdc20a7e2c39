import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { digestOf, SmallRegistry } from "./small-registry.ts";

/** A registry with inventory rows, and a small registry that really holds what they say. */
export interface Tenant {
  id: number;
  slug: string;
  /** In everything that is only theirs, to find it where it must not be. */
  mark: string;
  /** First the one that `team-a/*` covers. */
  repositories: [TenantRepository, TenantRepository];
  registry: SmallRegistry;
}

export interface TenantRepository {
  id: string;
  name: string;
  /** The tag v1 stands on the second digest; it came from the first. */
  digests: [string, string];
  configDigest: string;
  layerDigest: string;
}

export async function seedTenant(database: Client, word: string): Promise<Tenant> {
  const registry = new SmallRegistry();
  await registry.start();
  const random = randomBytes(4).toString("hex");
  const slug = `${word}-${random}`;
  const mark = `${word}mark${random}`;
  const created = await database.query<{ id: number }>(
    `INSERT INTO registry (slug, name, url, state, sync_every_minutes, capabilities, last_synced_at)
     VALUES ($1, $2, $3, 'ok', 0, '{}', now()) RETURNING id`,
    [slug, `Registry ${mark}`, registry.url],
  );
  const id = created.rows[0]?.id ?? 0;
  await database.query(
    `INSERT INTO repository_folder (registry_id, path, parent_path, repository_count)
     VALUES ($1, '', NULL, 2), ($1, 'team-a', '', 1), ($1, 'team-b', '', 1)`,
    [id],
  );
  const tenant = { id, slug, mark, registry };
  const first = await seedRepository(database, tenant, `team-a/${mark}-api`);
  const second = await seedRepository(database, tenant, `team-b/${mark}-web`);
  const names = [first.name, second.name];
  await database.query("UPDATE registry SET repository_names = $2, protected_patterns = $3 WHERE id = $1", [
    id,
    names,
    ["team-z/**"],
  ]);
  return { ...tenant, repositories: [first, second] };
}

async function seedRepository(
  database: Client,
  tenant: Pick<Tenant, "id" | "mark" | "registry">,
  name: string,
): Promise<TenantRepository> {
  const made = await database.query<{ id: string }>(
    `INSERT INTO repository (registry_id, name, last_pushed_at) VALUES ($1, $2, now()) RETURNING id`,
    [tenant.id, name],
  );
  const id = made.rows[0]?.id ?? "0";
  const base: TenantRepository = { id, name, digests: ["", ""], configDigest: "", layerDigest: "" };
  const first = await addManifest(database, tenant, base, "one");
  const second = await addManifest(database, tenant, base, "two");
  const repository: TenantRepository = {
    ...base,
    digests: [first.digest, second.digest],
    configDigest: second.configDigest,
    layerDigest: second.layerDigest,
  };
  await addTag(database, tenant, repository, "v1", second.digest);
  return repository;
}

/** One more image in the repository, in the database and at the registry. */
export async function addManifest(
  database: Client,
  tenant: Pick<Tenant, "id" | "mark" | "registry">,
  repository: Pick<TenantRepository, "id" | "name">,
  word: string,
): Promise<{ id: string; digest: string; configDigest: string; layerDigest: string }> {
  const config = Buffer.from(
    JSON.stringify({
      os: "linux",
      architecture: "amd64",
      created: "2026-01-01T00:00:00Z",
      config: { Env: ["PATH=/bin"], Entrypoint: ["/run"], Labels: { mark: `${tenant.mark} ${word}` } },
      rootfs: { type: "layers", diff_ids: [digestOf(Buffer.from(word))] },
      history: [{ created: "2026-01-01T00:00:00Z", created_by: `RUN ${tenant.mark}` }],
    }),
  );
  const layer = Buffer.from(`layer of ${repository.name} ${word}`);
  const body = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: {
        mediaType: "application/vnd.oci.image.config.v1+json",
        digest: digestOf(config),
        size: config.length,
      },
      layers: [
        {
          mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
          digest: digestOf(layer),
          size: layer.length,
        },
      ],
      annotations: { mark: tenant.mark },
    }),
  );
  tenant.registry.blobs.set(digestOf(config), config).set(digestOf(layer), layer);
  const digest = tenant.registry.putManifest(repository.name, body);
  const bytes = config.length + layer.length;
  const manifest = await database.query<{ id: string }>(
    `INSERT INTO manifest (repository_id, digest, media_type, kind, size_bytes, total_bytes, os, architecture, config_digest, annotations, body, pushed_at)
     VALUES ($1, $2, 'application/vnd.oci.image.manifest.v1+json', 'image', $3, $4, 'linux', 'amd64', $5, $6, $7, now()) RETURNING id`,
    [
      repository.id,
      digest,
      body.length,
      bytes,
      digestOf(config),
      JSON.stringify({ mark: tenant.mark }),
      body,
    ],
  );
  const id = manifest.rows[0]?.id ?? "0";
  await database.query(
    `INSERT INTO image_config (digest, body, os, architecture) VALUES ($1, $2, 'linux', 'amd64') ON CONFLICT DO NOTHING`,
    [digestOf(config), config.toString("utf8")],
  );
  for (const [ordinal, role, blob] of [
    [0, "config", config],
    [1, "layer", layer],
  ] as const) {
    const row = await database.query<{ id: string }>(
      `INSERT INTO blob (registry_id, digest, size_bytes, media_type) VALUES ($1, $2, $3, 'application/octet-stream')
       ON CONFLICT (registry_id, digest) DO UPDATE SET size_bytes = EXCLUDED.size_bytes RETURNING id`,
      [tenant.id, digestOf(blob), blob.length],
    );
    await database.query(
      "INSERT INTO manifest_blob (manifest_id, ordinal, blob_id, role) VALUES ($1, $2, $3, $4)",
      [id, ordinal, row.rows[0]?.id, role],
    );
  }
  await database.query(
    `UPDATE repository SET manifest_count = manifest_count + 1, size_bytes = size_bytes + $2 WHERE id = $1`,
    [repository.id, bytes + body.length],
  );
  return { id, digest, configDigest: digestOf(config), layerDigest: digestOf(layer) };
}

/** One more tag, with two moves behind it: from the repository's first digest to this one. */
export async function addTag(
  database: Client,
  tenant: Pick<Tenant, "registry">,
  repository: TenantRepository,
  tag: string,
  digest: string,
): Promise<void> {
  tenant.registry.putTag(repository.name, tag, digest);
  await database.query(
    `INSERT INTO tag (repository_id, name, manifest_id, digest, total_bytes, pushed_at)
     SELECT $1, $2, id, digest, total_bytes, now() FROM manifest WHERE repository_id = $1 AND digest = $3`,
    [repository.id, tag, digest],
  );
  await database.query(
    `INSERT INTO tag_move (repository_id, tag_name, digest, at, actor, source)
     VALUES ($1, $2, $3, now() - interval '1 day', 'ci', 'event'), ($1, $2, $4, now(), 'ci', 'event')`,
    [repository.id, tag, repository.digests[0], digest],
  );
  await database.query("UPDATE repository SET tag_count = tag_count + 1 WHERE id = $1", [repository.id]);
}
