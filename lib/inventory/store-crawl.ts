import { type Db, db, type Tx } from "#lib/db/client";

export interface RunRow {
  id: bigint;
  registryId: number;
  kind: string;
  state: string;
  phase: string;
  repository: string | null;
  cursor: string;
  repositoriesTotal: number;
  repositoriesDone: number;
  tagsDone: number;
  manifestsDone: number;
  requests: number;
  incomplete: string | null;
  error: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  fence: number;
}

/** This worker no longer owns the run: another took it over, or somebody stopped it. */
export class RunLostError extends Error {
  override readonly name = "RunLostError";
}

/** Takes the run over, so that whoever had it before can write no more. Null when there is nothing left to do. */
export async function claimRun(runId: number): Promise<RunRow | null> {
  const rows = await db().$queryRaw<{ id: bigint; fence: number }[]>`
    UPDATE sync_run SET fence = fence + 1, state = 'running', heartbeat_at = now(),
      started_at = coalesce(started_at, now())
    WHERE id = ${runId} AND state IN ('queued', 'running') RETURNING id, fence`;
  const [claim] = rows;
  if (!claim) return null;
  const run = await db().syncRun.findUnique({ where: { id: claim.id } });
  // Whoever claims it a moment later has raised the number again: ours is the one that our own update gave.
  return run && { ...run, fence: claim.fence };
}

export interface RunProgress {
  phase?: string;
  cursor?: string;
  repositoriesTotal?: number;
  repositoriesDone?: number;
  tagsDone?: number;
  manifestsDone?: number;
  requests?: number;
  incomplete?: string | null;
}

/** Locks the run for the transaction and writes its progress; throws unless this worker still owns it. */
export async function advanceRun(
  tx: Db | Tx,
  run: { id: bigint; fence: number },
  progress: RunProgress,
): Promise<void> {
  const { count } = await tx.syncRun.updateMany({
    where: { id: run.id, fence: run.fence, state: "running" },
    data: { ...progress, heartbeatAt: new Date() },
  });
  if (count === 0) throw new RunLostError("The run is no longer ours.");
}

/** How the run stands, or null when another worker has it. A disconnected registry's run is to stop. */
export async function findRunState(run: { id: bigint; fence: number }): Promise<string | null> {
  const row = await db().syncRun.findUnique({
    where: { id: run.id },
    select: { state: true, fence: true, registry: { select: { disconnectedAt: true } } },
  });
  if (row?.fence !== run.fence) return null;
  return row.state === "running" && row.registry.disconnectedAt !== null ? "stopping" : row.state;
}

export async function finishRun(
  tx: Db | Tx,
  run: { id: bigint; fence: number },
  state: "succeeded" | "failed" | "stopped",
  data: { error?: string | null; incomplete?: string | null; requests?: number; phase?: string },
): Promise<boolean> {
  const { count } = await tx.syncRun.updateMany({
    where: { id: run.id, fence: run.fence, state: { in: ["running", "stopping"] } },
    data: { ...data, state, finishedAt: new Date() },
  });
  return count > 0;
}

/** What is known of a repository before it is read again. */
export interface KnownRepository {
  id: number;
  missing: boolean;
  /** Digest by tag. */
  tags: Map<string, string>;
  /** Digests of the manifests that stand. */
  manifests: Set<string>;
}

/** What is known of these repositories; those that are not known are absent. */
export async function loadKnownRepositories(
  registryId: number,
  names: readonly string[],
): Promise<Map<string, KnownRepository>> {
  const repositories = await db().$queryRaw<
    { id: bigint; name: string; missing: boolean; manifest_count: number }[]
  >`
    SELECT id, name, missing_since IS NOT NULL AS missing, manifest_count FROM repository
    WHERE registry_id = ${registryId} AND name = ANY(${[...names]}::text[])`;
  const byId = new Map<bigint, KnownRepository>();
  const byName = new Map<string, KnownRepository>();
  for (const row of repositories) {
    const known = { id: Number(row.id), missing: row.missing, tags: new Map(), manifests: new Set<string>() };
    byId.set(row.id, known);
    byName.set(row.name, known);
  }
  if (byId.size === 0) return byName;
  const ids = [...byId.keys()];
  const [tags, manifests] = await Promise.all([
    db().$queryRaw<{ r: bigint; n: string[]; d: string[] }[]>`
      SELECT repository_id AS r, array_agg(name) AS n, array_agg(digest) AS d FROM tag
      WHERE repository_id = ANY(${ids}::bigint[]) GROUP BY 1`,
    db().$queryRaw<{ r: bigint; d: string[] }[]>`
      SELECT repository_id AS r, array_agg(digest) AS d FROM manifest
      WHERE repository_id = ANY(${ids}::bigint[]) AND deleted_at IS NULL GROUP BY 1`,
  ]);
  for (const row of tags) {
    const known = byId.get(row.r);
    row.n.forEach((name, index) => {
      known?.tags.set(name, row.d[index] ?? "");
    });
  }
  for (const row of manifests) for (const digest of row.d) byId.get(row.r)?.manifests.add(digest);
  return byName;
}

/** Names of a registry in their order: those that it still has, and those thought gone. */
export async function listKnownNames(
  registryId: number,
): Promise<{ present: string[]; missing: Set<string> }> {
  const rows = await db().$queryRaw<{ name: string; missing: boolean }[]>`
    SELECT name, missing_since IS NOT NULL AS missing FROM repository WHERE registry_id = ${registryId}`;
  const present: string[] = [];
  const missing = new Set<string>();
  for (const row of rows) {
    if (row.missing) missing.add(row.name);
    else present.push(row.name);
  }
  return { present, missing };
}

export interface WantedConfig {
  digest: string;
  repository: string;
}

/** Configs of images and charts that nobody has read yet, each once, in the order of their digests. */
export async function listWantedConfigs(
  registryId: number,
  after: string,
  take: number,
): Promise<WantedConfig[]> {
  return db().$queryRaw<WantedConfig[]>`
    SELECT DISTINCT ON (m.config_digest) m.config_digest AS digest, r.name AS repository
    FROM manifest m JOIN repository r ON r.id = m.repository_id
    WHERE r.registry_id = ${registryId} AND m.config_digest > ${after} AND m.deleted_at IS NULL
      AND r.missing_since IS NULL AND m.kind IN ('image', 'helm-chart')
      AND NOT EXISTS (SELECT FROM image_config c WHERE c.digest = m.config_digest)
    ORDER BY m.config_digest, r.id DESC LIMIT ${take}`;
}

/** A manifest that something may refer to. */
export interface Subject {
  id: bigint;
  repositoryId: number;
  repository: string;
  digest: string;
  /** Digests that are known to refer to it. */
  known: string[];
}

/** Signatures and their like are subjects only of what is found to refer to them. */
export const subjectKinds: ReadonlySet<string> = new Set(["image", "index", "helm-chart", "artifact"]);

/** What others may refer to, in order of the id; what refers to something itself is asked for when it is found. */
export async function listSubjects(registryId: number, after: bigint, take: number): Promise<Subject[]> {
  const rows = await db().$queryRaw<
    { id: bigint; repository_id: bigint; repository: string; digest: string; known: string[] }[]
  >`
    SELECT m.id, m.repository_id, r.name AS repository, m.digest, ARRAY(
      SELECT f.digest FROM manifest f WHERE f.repository_id = m.repository_id AND f.subject_digest = m.digest
        AND f.deleted_at IS NULL) AS known
    FROM manifest m JOIN repository r ON r.id = m.repository_id
    WHERE r.registry_id = ${registryId} AND m.id > ${after} AND m.deleted_at IS NULL AND r.missing_since IS NULL
      AND m.subject_digest IS NULL AND m.kind = ANY(${[...subjectKinds]}::text[])
    ORDER BY m.id LIMIT ${take}`;
  return rows.map(({ repository_id, ...row }) => ({ ...row, repositoryId: Number(repository_id) }));
}

/** What the last test of the registry found: api, fallback or unknown. */
export async function findReferrersAbility(registryId: number): Promise<string> {
  const row = await db().registry.findUnique({ where: { id: registryId }, select: { capabilities: true } });
  const { referrers } = (row?.capabilities ?? {}) as { referrers?: unknown };
  return typeof referrers === "string" ? referrers : "unknown";
}

/** Which of these manifests stand in the repository. */
export async function listStoredManifests(
  repositoryId: number,
  digests: readonly string[],
): Promise<Set<string>> {
  if (digests.length === 0) return new Set();
  const rows = await db().$queryRaw<{ digest: string }[]>`
    SELECT digest FROM manifest
    WHERE repository_id = ${repositoryId} AND digest = ANY(${[...digests]}::text[]) AND deleted_at IS NULL`;
  return new Set(rows.map((row) => row.digest));
}

export async function listStoredConfigs(digests: readonly string[]): Promise<Set<string>> {
  if (digests.length === 0) return new Set();
  const rows = await db().$queryRaw<{ digest: string }[]>`
    SELECT digest FROM image_config WHERE digest = ANY(${[...digests]}::text[])`;
  return new Set(rows.map((row) => row.digest));
}
