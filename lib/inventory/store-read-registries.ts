import { db } from "#lib/db/client";

const columns = {
  id: true,
  slug: true,
  name: true,
  url: true,
  state: true,
  stateDetail: true,
  stateSince: true,
  lastSyncedAt: true,
  lastEventAt: true,
  pullsSince: true,
  disconnectedAt: true,
  protectedPatterns: true,
  capabilities: true,
  enforcement: true,
} as const;

export interface RegistryRow {
  id: number;
  slug: string;
  name: string;
  url: string;
  state: string;
  stateDetail: string | null;
  stateSince: Date;
  lastSyncedAt: Date | null;
  lastEventAt: Date | null;
  pullsSince: Date | null;
  disconnectedAt: Date | null;
  protectedPatterns: string[];
  capabilities: unknown;
  /** off, on or suspended. */
  enforcement: string;
}

/** Registries are few: pages read them whole and join in memory. */
export async function listRegistryRows(): Promise<RegistryRow[]> {
  return db().registry.findMany({ select: columns, orderBy: { slug: "asc" } });
}

export async function findRegistryRow(slug: string): Promise<RegistryRow | null> {
  return db().registry.findUnique({ where: { slug }, select: columns });
}

export interface TeamRule {
  registryId: number | null;
  pattern: string;
}

/** The patterns of a team, or null when there is no such team. */
export async function findTeamRules(slug: string): Promise<TeamRule[] | null> {
  const team = await db().team.findUnique({
    where: { slug },
    select: { patterns: { select: { registryId: true, pattern: true } } },
  });
  return team?.patterns ?? null;
}
