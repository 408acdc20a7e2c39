import type { Context } from "#lib/auth/context";
import { evaluateScope, isPermitted } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import { db } from "#lib/db/client";
import type { EnforcementState } from "#lib/enforcement/schema";
import { getBaseOrigin } from "#lib/http/same-origin";
import { capabilitiesSchema, type RegistryItem, unknownCapabilities } from "#lib/registries/schema";
import { countVisible, type RegistryRow, sumVisibleBytes } from "#lib/registries/store";

/** A registry as the caller may see it: counts over what they see, settings only for those who see all of it. */
export async function prepareRegistry(ctx: Context, row: RegistryRow): Promise<RegistryItem> {
  const whole = isPermitted(ctx.principal, "registries.read", { registryId: row.id });
  const counts = await prepareCounts(ctx, row, whole);
  const capabilities = capabilitiesSchema.safeParse(row.capabilities);
  return {
    slug: row.slug,
    name: row.name,
    url: row.url,
    credentialKind: row.credentialKind as RegistryItem["credentialKind"],
    username: whole ? row.username : null,
    hasSecret: row.secretCipher !== null,
    hasCa: row.caPem !== null,
    pinnedRealm: row.pinnedRealm,
    requestsPerSecond: row.requestsPerSecond,
    syncEveryMinutes: row.syncEveryMinutes,
    repositorySource: row.repositorySource as RegistryItem["repositorySource"],
    repositoryNames: whole ? row.repositoryNames : [],
    protectedPatterns: whole ? row.protectedPatterns : [],
    capabilities: capabilities.success ? capabilities.data : unknownCapabilities,
    testedAt: row.testedAt?.toISOString() ?? null,
    state: {
      state: row.state as RegistryItem["state"]["state"],
      detail: row.stateDetail,
      since: row.stateSince.toISOString(),
    },
    lastSyncedAt: row.lastSyncedAt?.toISOString() ?? null,
    lastSweptAt: row.lastSweptAt?.toISOString() ?? null,
    lastEventAt: row.lastEventAt?.toISOString() ?? null,
    ...counts,
    disconnectedAt: row.disconnectedAt?.toISOString() ?? null,
    enforcement: isPermitted(ctx.principal, "access.read", { registryId: row.id })
      ? {
          state: row.enforcement as EnforcementState,
          since: row.enforcementAt?.toISOString() ?? null,
        }
      : null,
    notifications: {
      secretSet: row.ingestSecretHash !== null,
      url: `${getBaseOrigin()}/api/ingest/distribution`,
      unreadable: whole ? row.unreadableEvents : 0,
      conflicting: whole ? row.conflictingEvents : 0,
    },
    createdAt: row.createdAt.toISOString(),
  };
}

async function prepareCounts(ctx: Context, row: RegistryRow, whole: boolean) {
  if (whole)
    return { repositoryCount: row.repositoryCount, tagCount: row.tagCount, sizeBytes: Number(row.sizeBytes) };
  const condition = scopeCondition(
    evaluateScope(ctx.principal, "repositories.read"),
    "r.registry_id",
    "r.name",
  );
  const [counts, sizeBytes] = await Promise.all([
    countVisible(db(), row.id, condition),
    sumVisibleBytes(db(), row.id, condition),
  ]);
  return { repositoryCount: counts.repository_count, tagCount: counts.tag_count, sizeBytes };
}

/** The settings of a registry for an audit row: nothing secret, not even sealed. */
export function prepareAuditState(row: RegistryRow) {
  return {
    name: row.name,
    url: row.url,
    credentialKind: row.credentialKind,
    username: row.username,
    hasSecret: row.secretCipher !== null,
    hasCa: row.caPem !== null,
    pinnedRealm: row.pinnedRealm,
    requestsPerSecond: row.requestsPerSecond,
    syncEveryMinutes: row.syncEveryMinutes,
    repositorySource: row.repositorySource,
    repositoryNames: row.repositoryNames.slice(0, 100),
    protectedPatterns: row.protectedPatterns,
    disconnectedAt: row.disconnectedAt?.toISOString() ?? null,
  };
}
