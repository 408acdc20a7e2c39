import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import type { Db, Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { EventFilter, EventPosition, EventRow } from "#lib/events/event-search";

const target = Prisma.sql`coalesce(nullif(concat(e.repository, coalesce(':' || e.tag, '@' || e.digest)), ''), r.slug)`;

/**
 * Events after the position, newest first or oldest first, as far as the scope reaches. Each registry is asked for its
 * own, because every index begins with it and tells the order by time of one registry only.
 */
export async function listEventRows(
  db: Db,
  filter: EventFilter,
  scope: Scope,
  page: { descending: boolean; after: EventPosition | null; take: number; through?: bigint },
): Promise<EventRow[]> {
  const conditions = [
    Prisma.sql`e.registry_id = r.id`,
    scopeCondition(scope, "e.registry_id", "e.repository"),
    ...prepareConditions(filter),
  ];
  if (page.after) conditions.push(beyond(page.after, page.descending));
  if (page.through !== undefined) conditions.push(Prisma.sql`e.id <= ${page.through}`);
  const direction = page.descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  return db.$queryRaw<EventRow[]>`
    SELECT e.id, e.at, e.event_id AS "eventId", r.slug AS registry, s.name AS source, e.side, e.action, e.cause,
      e.repository, ${target} AS target, e.digest, e.media_type AS "mediaType", e.actor, e.address, e.agent, e.cluster,
      e.namespace, e.workload, e.node, e.message, e.count, e.provisional, e.last_at AS "lastAt",
      e.received_at AS "receivedAt", e.raw
    FROM registry r CROSS JOIN LATERAL (
      SELECT e.* FROM registry_event e
      WHERE ${Prisma.join(conditions, " AND ")}
      ORDER BY e.at ${direction}, e.id ${direction} LIMIT ${page.take}
    ) e LEFT JOIN event_source s ON s.id = e.source_id
    WHERE ${registryCondition(filter, scope)}
    ORDER BY e.at ${direction}, e.id ${direction} LIMIT ${page.take}`;
}

/** When the oldest event of these registries happened; null where there is none. */
export async function findOldestEventAt(db: Db, filter: EventFilter, scope: Scope): Promise<Date | null> {
  const rows = await db.$queryRaw<{ at: Date | null }[]>`
    SELECT min(e.at) AS at FROM registry r CROSS JOIN LATERAL (
      SELECT min(at) AS at FROM registry_event WHERE registry_id = r.id
    ) e WHERE ${registryCondition(filter, scope)}`;
  return rows[0]?.at ?? null;
}

/** The last id that was given to an event. */
export async function findLastEventId(tx: Tx): Promise<bigint> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM registry_event_id_seq`;
  return rows[0]?.id ?? 0n;
}

function registryCondition(filter: EventFilter, scope: Scope): Prisma.Sql {
  const bySlug = filter.registry === undefined ? Prisma.sql`TRUE` : Prisma.sql`r.slug = ${filter.registry}`;
  if (scope.everywhere || scope.rules.some(({ registryId }) => registryId === null)) return bySlug;
  const ids = scope.rules.flatMap(({ registryId }) => registryId ?? []);
  return Prisma.sql`${bySlug} AND r.id = ANY(${ids}::int[])`;
}

/** The time stands alone too: a pair is compared without an index, and leaves no partition out. */
function beyond({ at, id }: EventPosition, descending: boolean): Prisma.Sql {
  return descending
    ? Prisma.sql`e.at <= ${at} AND (e.at < ${at} OR e.id < ${id})`
    : Prisma.sql`e.at >= ${at} AND (e.at > ${at} OR e.id > ${id})`;
}

function prepareConditions(filter: EventFilter): Prisma.Sql[] {
  const { actors, actions, causes, repository, address, agent, eventId, from, to } = filter;
  const conditions: Prisma.Sql[] = [];
  if (actors !== undefined)
    conditions.push(
      Prisma.sql`(${Prisma.join(
        actors.map((actor) =>
          actor === null ? Prisma.sql`e.actor IS NULL` : Prisma.sql`e.actor = ${actor}`,
        ),
        " OR ",
      )})`,
    );
  if (actions !== undefined) conditions.push(Prisma.sql`e.action = ANY(${[...actions]}::text[])`);
  if (causes === null) conditions.push(Prisma.sql`e.cause IS NULL`);
  else if (causes !== undefined && "among" in causes)
    conditions.push(Prisma.sql`e.cause = ANY(${[...causes.among]}::text[])`);
  else if (causes !== undefined) conditions.push(Prisma.sql`e.cause <> ALL(${[...causes.butNot]}::text[])`);
  if (repository !== undefined) conditions.push(Prisma.sql`e.repository = ${repository}`);
  if (address !== undefined) conditions.push(Prisma.sql`lower(e.address) = ${address}`);
  if (agent !== undefined) conditions.push(Prisma.sql`e.agent ILIKE ${containing(agent)}`);
  if (eventId !== undefined)
    conditions.push(
      Prisma.sql`e.event_id = ${eventId}
        AND e.source_id = ANY(ARRAY(SELECT id FROM event_source WHERE registry_id = r.id))`,
    );
  if (filter.target !== undefined) conditions.push(Prisma.sql`${target} ILIKE ${containing(filter.target)}`);
  if (filter.q !== undefined)
    conditions.push(
      Prisma.sql`(coalesce(e.actor, 'nobody') || ' registry.' || e.action || ' ' || ${target}) ILIKE ${containing(filter.q)}`,
    );
  if (from !== undefined) conditions.push(Prisma.sql`e.at >= ${from}`);
  if (to !== undefined) conditions.push(Prisma.sql`e.at < ${to}`);
  return conditions;
}

function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
