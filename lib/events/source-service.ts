import { randomBytes } from "node:crypto";
import { recordAudit } from "#lib/audit/service";
import { authorize, authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { evaluateSourceState, isWatchedCluster } from "#lib/events/rules-source-state";
import type { CreateSourceBody, Source, SourceKind } from "#lib/events/schema";
import {
  endSource,
  findSourceRow,
  insertSource,
  isSecretTaken,
  listSourceRows,
  listUnreadable,
  type SourceRow,
  updateSourceSecret,
} from "#lib/events/store-sources";
import { ConflictError, InvalidError, NotFoundError } from "#lib/http/errors";
import { getBaseOrigin } from "#lib/http/same-origin";
import { getVisibleRegistry } from "#lib/registries/connection-service";
import { hashSecret } from "#lib/secrets/service";

/** The sources of every registry of which one may see the whole. */
export async function listSources(ctx: Context, registry: string | undefined): Promise<Source[]> {
  authorizeSomewhere(ctx, "sources.read");
  if (registry !== undefined) await getVisibleRegistry(ctx, registry);
  const rows = await listSourceRows(db(), registry ?? null, evaluateScope(ctx.principal, "sources.read"));
  return rows.map((row) => showSource(row, ctx.now));
}

/** Makes a source; its secret is answered this once. */
export async function createSource(
  ctx: Context,
  body: CreateSourceBody,
): Promise<{ source: Source; secret: string }> {
  const { id: registryId } = await getVisibleRegistry(ctx, body.registry);
  authorize(ctx, "sources.write", { registryId }, "This registry");
  if (body.cluster != null && body.kind !== "kubernetes")
    throw new InvalidError("cluster", "Only a source of the kind kubernetes has a cluster.");
  const secret = body.secret ?? makeSecret();
  const secretHash = await hashSecret("ingest-secret", secret);
  const row = await db().$transaction(async (tx) => {
    if (await isSecretTaken(tx, secretHash))
      throw new InvalidError("secret", "Another source has this secret: each needs its own.");
    const { kind, name, cluster = null } = body;
    const id = await insertSource(tx, {
      registryId,
      kind,
      name,
      cluster,
      secretHash,
      createdAt: ctx.now,
      createdByName: ctx.principal.name,
    });
    await recordAudit(tx, ctx, {
      action: "source.create",
      target: `${body.registry} ${name}`,
      registryId,
      after: { kind, name, cluster },
    });
    return findSourceRow(tx, id);
  });
  if (row === null) throw new NotFoundError("There is no such source.");
  return { source: showSource(row, ctx.now), secret };
}

/** Gives a source a new secret; the one before it ends at once. */
export async function rotateSourceSecret(
  ctx: Context,
  id: number,
): Promise<{ source: Source; secret: string }> {
  const row = await getOwnSecretSource(ctx, id);
  if (isWatchedCluster({ kind: row.kind, secretSet: row.secret_set }))
    throw new ConflictError(
      "The worker watches this cluster itself: nothing is posted, so there is no secret.",
    );
  const secret = makeSecret();
  const secretHash = await hashSecret("ingest-secret", secret);
  await db().$transaction(async (tx) => {
    await updateSourceSecret(tx, id, secretHash);
    await recordAudit(tx, ctx, {
      action: "source.secret",
      target: `${row.registry} ${row.name}`,
      registryId: row.registry_id,
      before: { secretSet: row.secret_set },
      after: { secretSet: true },
    });
  });
  return { source: showSource({ ...row, secret_set: true }, ctx.now), secret };
}

/** Ends a source: its secret is worth nothing from now on, what it told stays. */
export async function removeSource(ctx: Context, id: number): Promise<void> {
  const row = await getOwnSecretSource(ctx, id);
  await db().$transaction(async (tx) => {
    await endSource(tx, id, ctx.now);
    await recordAudit(tx, ctx, {
      action: "source.end",
      target: `${row.registry} ${row.name}`,
      registryId: row.registry_id,
      before: { kind: row.kind, name: row.name, cluster: row.cluster },
    });
  });
}

/** The newest deliveries of a source that could not be read. */
export async function listUnreadableDeliveries(
  ctx: Context,
  id: number,
): Promise<{ receivedAt: string; sample: string }[]> {
  await getSource(ctx, id, "sources.read");
  const rows = await listUnreadable(db(), id);
  return rows.map(({ receivedAt, sample }) => ({ receivedAt: receivedAt.toISOString(), sample }));
}

async function getSource(
  ctx: Context,
  id: number,
  permission: "sources.read" | "sources.write",
): Promise<SourceRow> {
  const row = await findSourceRow(db(), id);
  if (row?.ended_at !== null) throw new NotFoundError("This source does not exist, or you may not see it.");
  authorize(ctx, permission, { registryId: row.registry_id }, "This source");
  return row;
}

async function getOwnSecretSource(ctx: Context, id: number): Promise<SourceRow> {
  const row = await getSource(ctx, id, "sources.write");
  if (row.kind === "distribution")
    throw new ConflictError("Its secret is the registry's: give that a new one on the page of the registry.");
  if (row.kind === "token-denials") throw new ConflictError("Our own token endpoint has no secret.");
  return row;
}

function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

const paths: Record<SourceKind, string | null> = {
  distribution: "/api/ingest/distribution",
  "registry-logs": "/api/ingest/registry-logs",
  kubernetes: "/api/ingest/kubernetes",
  zot: "/api/ingest/zot",
  harbor: "/api/ingest/harbor",
  "token-denials": null,
};

function showSource(row: SourceRow, now: Date): Source {
  const path = isWatchedCluster({ kind: row.kind, secretSet: row.secret_set }) ? null : paths[row.kind];
  return {
    id: row.id,
    registry: row.registry,
    kind: row.kind,
    name: row.name,
    cluster: row.cluster,
    url: path === null ? null : `${getBaseOrigin()}${path}`,
    secretSet: row.secret_set,
    state: evaluateSourceState(
      {
        kind: row.kind,
        secretSet: row.secret_set,
        lastDeliveryAt: row.last_delivery_at,
        canaryAt: row.canary_at,
        endedAt: row.ended_at,
      },
      now,
    ),
    lastDeliveryAt: row.last_delivery_at?.toISOString() ?? null,
    lastEventAt: row.last_event_at?.toISOString() ?? null,
    lagMs: row.lag_ms === null ? null : Math.max(0, Math.round(row.lag_ms)),
    canaryAt: row.canary_at?.toISOString() ?? null,
    accepted: Number(row.accepted),
    duplicate: Number(row.duplicate),
    ignored: Number(row.ignored),
    unreadable: Number(row.unreadable),
    conflicting: Number(row.conflicting),
    lastProblem:
      row.last_problem !== null && row.last_problem_at !== null
        ? { at: row.last_problem_at.toISOString(), text: row.last_problem }
        : null,
    createdAt: row.created_at.toISOString(),
  };
}
