import type { Binding, Context } from "#lib/auth/context";
import type { Role } from "#lib/auth/permissions";
import { createDb, type Db } from "#lib/db/client";
import { digestOf } from "#lib/oci/digest";
import { createTestDatabase } from "#lib/testing/test-database";

export interface SeededManifest {
  id: bigint;
  digest: string;
}

/** A database of its own that the services of this process use until `drop`. */
export async function useTestDatabase(): Promise<{ db: Db; url: string; drop(): Promise<void> }> {
  const database = await createTestDatabase();
  const client = createDb(database.url, 5);
  const shared = globalThis as typeof globalThis & { wharfingerDb?: Db };
  const before = { db: shared.wharfingerDb, url: process.env.DATABASE_URL };
  shared.wharfingerDb = client;
  // What is cached for a process is cached by this address.
  process.env.DATABASE_URL = database.url;
  return {
    db: client,
    url: database.url,
    drop: async () => {
      shared.wharfingerDb = before.db;
      if (before.url === undefined) delete process.env.DATABASE_URL;
      else process.env.DATABASE_URL = before.url;
      await client.$disconnect();
      await database.drop();
    },
  };
}

/** Somebody with these bindings, asking now. */
export function createTestContext(bindings: readonly Binding[], now = new Date()): Context {
  return {
    principal: { kind: "user", id: crypto.randomUUID(), name: "tester", bindings, sessionId: null },
    requestId: crypto.randomUUID(),
    now,
    address: "127.0.0.1",
    agent: "test",
  };
}

/** A role held everywhere. */
export function createTestContextOf(role: Role): Context {
  return createTestContext([{ role, registryId: null, pattern: null }]);
}

export async function seedRegistry(
  db: Db,
  slug: string,
  more: { url?: string; protectedPatterns?: string[]; disconnectedAt?: Date; capabilities?: object } = {},
): Promise<number> {
  const row = await db.registry.create({
    data: { slug, name: slug, url: more.url ?? `https://${slug}.example.com`, ...more, state: "ok" },
  });
  return row.id;
}

export async function seedRepository(
  db: Db,
  registryId: number,
  name: string,
  more: {
    tagCount?: number;
    sizeBytes?: bigint;
    lastPushedAt?: Date | null;
    lastPulledAt?: Date | null;
    missingSince?: Date;
  } = {},
): Promise<bigint> {
  const row = await db.repository.create({ data: { registryId, name, ...more } });
  return row.id;
}

export async function seedManifest(
  db: Db,
  repositoryId: bigint,
  body: object,
  more: {
    kind?: string;
    mediaType?: string;
    totalBytes?: bigint;
    subjectDigest?: string;
    configDigest?: string;
    artifactType?: string;
    os?: string;
    architecture?: string;
    deletedAt?: Date;
  } = {},
): Promise<SeededManifest> {
  const bytes = Buffer.from(JSON.stringify(body));
  const row = await db.manifest.create({
    data: {
      repositoryId,
      digest: digestOf(bytes),
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      kind: "image",
      sizeBytes: BigInt(bytes.byteLength),
      body: bytes,
      ...more,
    },
  });
  return { id: row.id, digest: row.digest };
}

export async function seedTag(
  db: Db,
  repositoryId: bigint,
  name: string,
  manifest: SeededManifest,
  more: { totalBytes?: bigint; semverKey?: string; pushedAt?: Date; lastPulledAt?: Date | null } = {},
): Promise<bigint> {
  const row = await db.tag.create({
    data: {
      repositoryId,
      name,
      manifestId: manifest.id,
      digest: manifest.digest,
      pushedAt: more.pushedAt ?? new Date(),
      ...more,
    },
  });
  return row.id;
}

export async function seedMove(
  db: Db,
  repositoryId: bigint,
  tagName: string,
  digest: string | null,
  at: Date,
  more: { source?: string; actor?: string; atSeen?: boolean } = {},
): Promise<void> {
  await db.tagMove.create({ data: { repositoryId, tagName, digest, at, source: "crawl", ...more } });
}
