import { recordAudit } from "#lib/audit/service";
import { authorize, authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { listRegistrySlugs, resolveRegistry } from "#lib/auth/place";
import { evaluateScope, isPermitted } from "#lib/auth/rules";
import { db, type Tx } from "#lib/db/client";
import { formatCursor } from "#lib/http/cursor";
import { ConflictError, InvalidError, NotFoundError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";
import { evaluateVisiblePatterns } from "#lib/teams/rules";
import type { ChangeTeamBody, CreateTeamBody, ListTeamsQuery, Team } from "#lib/teams/schema";
import {
  deleteTeamRow,
  findTeam,
  insertTeam,
  listTeamRows,
  listUserIds,
  lockTeams,
  replaceMembers,
  replacePatterns,
  type TeamRow,
  updateTeam,
} from "#lib/teams/store";

/** Teams that reach into what the caller may see, and those they are in. */
export async function listTeams(ctx: Context, query: ListTeamsQuery): Promise<Page<Team>> {
  authorizeSomewhere(ctx, "teams.read");
  const fields = { slug: "text", name: "text" } as const;
  const found: { row: TeamRow; team: VisibleTeam }[] = [];
  let cursor = query.cursor;
  let keyset = createUuidKeyset(query.sort, fields, cursor);
  // What may not be seen is skipped here, so more rows are read until the page is full.
  for (;;) {
    const rows = await listTeamRows(db(), query.q, keyset, query.limit + 1);
    for (const row of rows) {
      const team = evaluateVisible(ctx, row);
      if (team) found.push({ row, team });
    }
    const last = rows.at(-1);
    if (found.length > query.limit || rows.length <= query.limit || !last) break;
    cursor = formatCursor({
      sort: query.sort,
      value: keyset.field === "name" ? last.name : last.slug,
      id: last.id,
    });
    keyset = createUuidKeyset(query.sort, fields, cursor);
  }
  const page = cutUuidPage(
    found.map(({ row }) => row),
    query.limit,
    keyset,
  );
  const items = await showTeams(
    db(),
    found.slice(0, query.limit).map(({ team }) => team),
  );
  return { items, nextCursor: page.nextCursor };
}

export async function getTeam(ctx: Context, slug: string): Promise<Team> {
  authorizeSomewhere(ctx, "teams.read");
  const row = await findTeam(db(), slug);
  const team = row ? evaluateVisible(ctx, row) : null;
  if (!team) throw missing(slug);
  return showTeam(db(), team);
}

export async function createTeam(ctx: Context, input: CreateTeamBody): Promise<Team> {
  authorize(ctx, "teams.write");
  return db().$transaction(async (tx) => {
    await lockTeams(tx);
    const { slug, name, description } = input;
    if (await findTeam(tx, slug)) throw new ConflictError(`There is a team ${slug} already.`, "slug-taken");
    const id = await insertTeam(tx, { slug, name, description, createdAt: ctx.now });
    await writeLists(tx, id, input);
    const team = await showTeam(tx, await getVisible(tx, ctx, slug));
    await recordAudit(tx, ctx, { action: "team.create", target: slug, after: summarise(team) });
    return team;
  });
}

export async function changeTeam(ctx: Context, slug: string, change: ChangeTeamBody): Promise<Team> {
  authorize(ctx, "teams.write");
  return db().$transaction(async (tx) => {
    await lockTeams(tx);
    const present = await getVisible(tx, ctx, slug);
    const before = await showTeam(tx, present);
    await updateTeam(tx, present.row.id, { name: change.name, description: change.description });
    await writeLists(tx, present.row.id, change);
    const after = await showTeam(tx, await getVisible(tx, ctx, slug));
    await recordAudit(tx, ctx, {
      action: "team.change",
      target: slug,
      before: summarise(before),
      after: summarise(after),
    });
    return after;
  });
}

export async function deleteTeam(ctx: Context, slug: string): Promise<void> {
  authorize(ctx, "teams.write");
  await db().$transaction(async (tx) => {
    await lockTeams(tx);
    const present = await getVisible(tx, ctx, slug);
    const before = await showTeam(tx, present);
    await deleteTeamRow(tx, present.row.id);
    await recordAudit(tx, ctx, { action: "team.delete", target: slug, before: summarise(before) });
  });
}

interface VisibleTeam {
  row: TeamRow;
  patterns: TeamRow["patterns"];
  showMembers: boolean;
}

function evaluateVisible(ctx: Context, row: TeamRow): VisibleTeam | null {
  const scope = evaluateScope(ctx.principal, "teams.read");
  const patterns = evaluateVisiblePatterns(row.patterns, scope);
  const member = ctx.principal.kind === "user" && row.members.some((one) => one.userId === ctx.principal.id);
  if (!scope.everywhere && !member && patterns.length === 0) return null;
  return { row, patterns, showMembers: member || isPermitted(ctx.principal, "people.read") };
}

async function getVisible(tx: Tx, ctx: Context, slug: string): Promise<VisibleTeam> {
  const row = await findTeam(tx, slug);
  const team = row ? evaluateVisible(ctx, row) : null;
  if (!team) throw missing(slug);
  return team;
}

function missing(slug: string): NotFoundError {
  return new NotFoundError(`There is no team ${slug}, or you may not see it.`);
}

async function writeLists(
  tx: Tx,
  id: string,
  { members, patterns }: Pick<ChangeTeamBody, "members" | "patterns">,
): Promise<void> {
  if (members) {
    const ids = await listUserIds(tx, members);
    const wanted = [...new Set(members)].map((login, index) => {
      const userId = ids.get(login);
      if (!userId) throw new InvalidError(`members.${index}`, `There is no account ${login}.`);
      return userId;
    });
    await replaceMembers(tx, id, wanted);
  }
  if (patterns) {
    const wanted = new Map<string, { registryId: number | null; pattern: string }>();
    for (const [index, { registry, pattern }] of patterns.entries()) {
      const registryId = await resolveRegistry(tx, registry, `patterns.${index}.registry`);
      wanted.set(`${registryId} ${pattern}`, { registryId, pattern });
    }
    await replacePatterns(tx, id, [...wanted.values()]);
  }
}

function summarise(team: Team) {
  return {
    name: team.name,
    description: team.description,
    members: (team.members ?? []).map((member) => member.login),
    patterns: team.patterns,
  };
}

async function showTeam(tx: Tx, team: VisibleTeam): Promise<Team> {
  const [shown] = await showTeams(tx, [team]);
  if (!shown) throw missing(team.row.slug);
  return shown;
}

async function showTeams(tx: Tx, teams: readonly VisibleTeam[]): Promise<Team[]> {
  const ids = teams.flatMap((team) => team.patterns.map((reach) => reach.registryId));
  const slugs = await listRegistrySlugs(tx, ids);
  return teams.map(({ row, patterns, showMembers }) => ({
    slug: row.slug,
    name: row.name,
    description: row.description,
    createdAt: row.createdAt.toISOString(),
    members: showMembers ? row.members.map(({ user }) => ({ login: user.login, name: user.name })) : null,
    patterns: patterns.map(({ registryId, pattern }) => ({
      registry: registryId === null ? null : (slugs.get(registryId) ?? null),
      pattern,
    })),
  }));
}
