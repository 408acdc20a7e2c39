import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope, type Scope } from "#lib/auth/rules";
import { formatCursor, malformedCursor, parseCursor } from "#lib/http/cursor";
import type { Page } from "#lib/http/page-schema";
import { chooseRegistry, formatImageHref, parseFullReference } from "#lib/inventory/rules-reference";
import { hostOf, listVisibleRegistries } from "#lib/inventory/service-access";
import { readSearch, scoreName, splitNameAndTag } from "#lib/search/rules";
import type { DigestPlace, FindDigestQuery, SearchHit, SearchQuery, SearchResult } from "#lib/search/schema";
import {
  type FoundRepository,
  type FoundTag,
  findDigests,
  findRepositories,
  findRepository,
  findTags,
  findTagsIn,
  listBlobPlaces,
  listManifestPlaces,
} from "#lib/search/store";

type VisibleRegistry = Awaited<ReturnType<typeof listVisibleRegistries>>[number];

interface Ground {
  scope: Scope;
  registries: readonly VisibleRegistry[];
  ids: number[];
  slugs: ReadonlyMap<number, string>;
  limit: number;
}

interface Scored {
  score: number;
  hit: SearchHit;
}

/** Registries, repositories, tags and digests that fit the text, the best first. */
export async function search(ctx: Context, query: SearchQuery): Promise<SearchResult> {
  authorizeSomewhere(ctx, "repositories.read");
  const reading = readSearch(query.q);
  if (reading.readAs === "empty") return { items: [], readAs: "empty", more: false };
  const ground = await openGround(ctx, query.limit + 1);
  const scored: Scored[] = [];
  if (reading.readAs === "digest") scored.push(...(await searchDigests(ground, reading)));
  if (reading.readAs === "reference") scored.push(...(await searchReference(ground, reading.text)));
  if (reading.readAs === "text" || (reading.readAs === "digest" && reading.alsoText))
    scored.push(...(await searchText(ground, query.q.trim())));
  const items = rank(scored);
  return { items: items.slice(0, query.limit), readAs: reading.readAs, more: items.length > query.limit };
}

async function openGround(ctx: Context, limit: number): Promise<Ground> {
  const visible = await listVisibleRegistries(ctx);
  const registries = visible.filter((registry) => registry.disconnectedAt === null);
  return {
    scope: evaluateScope(ctx.principal, "repositories.read"),
    registries,
    ids: registries.map((registry) => registry.id),
    slugs: new Map(registries.map((registry) => [registry.id, registry.slug])),
    limit,
  };
}

const typeOrder = ["registry", "repository", "tag", "digest"] as const;

function rank(scored: readonly Scored[]): SearchHit[] {
  const best = new Map<string, Scored>();
  for (const entry of scored) {
    const known = best.get(entry.hit.href);
    if (!known || known.score > entry.score) best.set(entry.hit.href, entry);
  }
  return [...best.values()]
    .sort(
      (a, b) =>
        a.score - b.score ||
        typeOrder.indexOf(a.hit.type) - typeOrder.indexOf(b.hit.type) ||
        a.hit.label.length - b.hit.label.length ||
        (a.hit.label < b.hit.label ? -1 : 1),
    )
    .map((entry) => entry.hit);
}

async function searchText(ground: Ground, text: string): Promise<Scored[]> {
  const lower = text.toLowerCase();
  const [repositories, tags] = await Promise.all([
    findRepositories(ground.scope, ground.ids, lower, ground.limit),
    findTags(ground.scope, ground.ids, text, ground.limit),
  ]);
  return [
    ...searchRegistries(ground, lower),
    ...repositories.map((row) => ({ score: scoreName(row.name, lower), hit: repositoryHit(ground, row) })),
    ...tags.map((row) => ({ score: scoreName(row.name, lower), hit: tagHit(ground, row) })),
  ];
}

function searchRegistries(ground: Ground, text: string): Scored[] {
  return ground.registries.flatMap((registry) => {
    const names = [registry.slug, registry.name, hostOf(registry.url)];
    const score = Math.min(...names.map((name) => scoreName(name, text)));
    return score > 4 ? [] : [{ score, hit: registryHit(registry) }];
  });
}

/** A pasted reference: the very thing first, then whatever is called so elsewhere. */
async function searchReference(ground: Ground, text: string): Promise<Scored[]> {
  const exact = await searchExact(ground, text);
  const parts = splitNameAndTag(text);
  const name = (parts?.name ?? text.split("@")[0] ?? "")
    .replace(/^(?:https?|docker|oci):\/\//, "")
    .toLowerCase();
  const withoutHost = stripRegistry(ground, name);
  const repositories = await findRepositories(ground.scope, ground.ids, withoutHost, ground.limit);
  const loose = repositories.map((row) => ({
    score: 1 + scoreName(row.name, withoutHost),
    hit: repositoryHit(ground, row),
  }));
  if (!parts) return [...exact, ...loose, ...searchRegistries(ground, name)];
  const best = repositories
    .toSorted((a, b) => scoreName(a.name, withoutHost) - scoreName(b.name, withoutHost))
    .slice(0, 20);
  const tags = await findTagsIn(
    best.map((row) => row.id),
    parts.tag,
    ground.limit,
  );
  return [
    ...exact,
    ...tags.map((row) => ({ score: scoreName(row.repository, withoutHost), hit: tagHit(ground, row) })),
    ...loose,
    ...searchRegistries(ground, text.toLowerCase()),
  ];
}

function stripRegistry(ground: Ground, name: string): string {
  const slash = name.indexOf("/");
  if (slash === -1) return name;
  return chooseRegistry(ground.registries, name.slice(0, slash)) ? name.slice(slash + 1) : name;
}

async function searchExact(ground: Ground, text: string): Promise<Scored[]> {
  const parsed = parseFullReference(text);
  if (!parsed.ok) return [];
  const { registry: named, repository, tag, digest } = parsed.reference;
  const registry = chooseRegistry(ground.registries, named);
  if (!registry) return [];
  if (repository === null) return [{ score: 0, hit: registryHit(registry) }];
  const found = await findRepository(registry.id, repository, ground.scope);
  if (!found) return [];
  const hits: Scored[] = [{ score: tag || digest ? 0.5 : -1, hit: repositoryHit(ground, found) }];
  if (digest !== null) {
    const [held] = await findDigests(ground.scope, [registry.id], { from: digest, to: `${digest}g` }, 1);
    if (held) hits.push({ score: -1, hit: digestHit(registry.slug, repository, digest) });
  } else if (tag !== null) {
    const tags = await findTagsIn([found.id], tag, ground.limit);
    hits.push(...tags.map((row) => ({ score: row.name === tag ? -1 : 0, hit: tagHit(ground, row) })));
  }
  return hits;
}

const placesPerDigest = 3;

async function searchDigests(ground: Ground, range: { from: string; to: string }): Promise<Scored[]> {
  const rows = await findDigests(ground.scope, ground.ids, range, ground.limit * placesPerDigest);
  return rows.map((row) => ({
    score: 0,
    hit: digestHit(ground.slugs.get(row.registry_id) ?? "", row.repository, row.digest),
  }));
}

function registryHit(registry: VisibleRegistry): SearchHit {
  return {
    type: "registry",
    registry: registry.slug,
    repository: null,
    tag: null,
    digest: null,
    label: registry.name,
    href: `/registries/${registry.slug}`,
  };
}

function repositoryHit(ground: Ground, row: FoundRepository): SearchHit {
  const registry = ground.slugs.get(row.registry_id) ?? "";
  const place = { registry, repository: row.name };
  return {
    type: "repository",
    ...place,
    tag: null,
    digest: null,
    label: row.name,
    href: formatImageHref(place),
  };
}

function tagHit(ground: Ground, row: FoundTag): SearchHit {
  const registry = ground.slugs.get(row.registry_id) ?? "";
  const place = { registry, repository: row.repository, tag: row.name };
  const label = `${row.repository}:${row.name}`;
  return { type: "tag", ...place, digest: row.digest, label, href: formatImageHref(place) };
}

function digestHit(registry: string, repository: string, digest: string): SearchHit {
  const place = { registry, repository, digest };
  return { type: "digest", ...place, tag: null, label: digest, href: formatImageHref(place) };
}

/** Every place that holds a digest, over all registries that the caller may see: as a manifest, else as a blob. */
export async function findDigestPlaces(ctx: Context, query: FindDigestQuery): Promise<Page<DigestPlace>> {
  authorizeSomewhere(ctx, "repositories.read");
  const ground = await openGround(ctx, query.limit + 1);
  const cursor = readPlaceCursor(query.cursor);
  const listers = cursor === null ? (["manifest", "blob"] as const) : [cursor.as];
  for (const as of listers) {
    const list = as === "manifest" ? listManifestPlaces : listBlobPlaces;
    const rows = await list(ground.scope, ground.ids, query.digest, cursor?.after ?? "0", ground.limit);
    if (rows.length === 0) continue;
    const kept = rows.slice(0, query.limit);
    const last = kept[kept.length - 1];
    return {
      items: kept.map((row) => {
        const registry = ground.slugs.get(row.registry_id) ?? "";
        const place = { registry, repository: row.repository };
        const href = formatImageHref(as === "manifest" ? { ...place, digest: query.digest } : place);
        return { ...place, tags: row.tags, tagCount: row.tag_count, as, href };
      }),
      nextCursor:
        rows.length > kept.length && last
          ? formatCursor({ sort: "place", value: as, id: String(last.id) })
          : null,
    };
  }
  return { items: [], nextCursor: null };
}

function readPlaceCursor(text: string | undefined): { as: "manifest" | "blob"; after: string } | null {
  const cursor = parseCursor(text, "place");
  if (!cursor) return null;
  const { value, id } = cursor;
  if ((value === "manifest" || value === "blob") && /^\d{1,18}$/.test(id)) return { as: value, after: id };
  throw malformedCursor();
}
