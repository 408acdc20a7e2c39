import { z } from "zod";
import { defineRoute } from "#lib/http/define-route";
import {
  deleteTagQuery,
  deleteTagResultSchema,
  folderPageSchema,
  listFoldersQuery,
  listRepositoriesQuery,
  listTagHistoryQuery,
  listTagsQuery,
  putBackTagBody,
  putBackTagResultSchema,
  repositoryDetailSchema,
  repositoryFacetsSchema,
  repositoryPageSchema,
  repositoryQuery,
  repositoryStorageSchema,
  repositorySummarySchema,
  summariseRepositoriesQuery,
  tagDeletionPlanQuery,
  tagDeletionPlanSchema,
  tagHistoryPageSchema,
  tagPageSchema,
} from "#lib/inventory/schema";
import {
  artifactSchema,
  deleteManifestQuery,
  deleteManifestResultSchema,
  getManifestQuery,
  getRawManifestQuery,
  listReferrersQuery,
  manifestDeletionPlanQuery,
  manifestDeletionPlanSchema,
  referrersSchema,
} from "#lib/inventory/schema-artifact";
import { getArtifact } from "#lib/inventory/service-artifact";
import { deleteManifest, planDeleteManifest } from "#lib/inventory/service-delete-manifest";
import { deleteTag, planDeleteTag } from "#lib/inventory/service-delete-tag";
import { putBackTag } from "#lib/inventory/service-put-back";
import { getRawConfig, getRawManifest, type RawContent } from "#lib/inventory/service-raw";
import { listReferrers } from "#lib/inventory/service-referrers";
import {
  countRepositoryFacets,
  getRepository,
  getRepositoryStorage,
  listRepositories,
  listRepositoryFolders,
  summariseRepositories,
} from "#lib/inventory/service-repositories";
import { listTagHistory, listTags } from "#lib/inventory/service-tags";

export const listRepositoriesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/repositories",
    summary: "Repositories of all registries or of one, filtered and sorted",
    access: "repositories.read",
    query: listRepositoriesQuery,
    response: repositoryPageSchema,
  },
  ({ ctx, query }) => listRepositories(ctx, query),
);

export const summariseRepositoriesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/repositories/summary",
    summary: "How many repositories, tags and bytes the same filters leave",
    access: "repositories.read",
    query: summariseRepositoriesQuery,
    response: repositorySummarySchema,
  },
  ({ ctx, query }) => summariseRepositories(ctx, query),
);

export const countRepositoryFacetsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/repositories/facets",
    summary: "How many repositories each further filter would leave, counted to 10,000",
    access: "repositories.read",
    query: summariseRepositoriesQuery,
    response: repositoryFacetsSchema,
  },
  ({ ctx, query }) => countRepositoryFacets(ctx, query),
);

export const getRepositoryRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/repositories/detail",
    summary: "One repository, the state of its registry, and what you may do with it",
    access: "repositories.read",
    query: repositoryQuery,
    response: repositoryDetailSchema,
  },
  ({ ctx, query }) => getRepository(ctx, query),
);

export const getRepositoryStorageRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/repositories/storage",
    summary: "Bytes that only this repository holds, bytes it shares, and untagged manifests",
    access: "repositories.read",
    query: repositoryQuery,
    response: repositoryStorageSchema,
  },
  ({ ctx, query }) => getRepositoryStorage(ctx, query),
);

export const listRepositoryFoldersRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/repository-folders",
    summary: "Children of a folder in the tree of repositories, with counts",
    access: "repositories.read",
    query: listFoldersQuery,
    response: folderPageSchema,
  },
  ({ ctx, query }) => listRepositoryFolders(ctx, query),
);

export const listTagsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/tags",
    summary: "Tags of a repository",
    access: "repositories.read",
    query: listTagsQuery,
    response: tagPageSchema,
  },
  ({ ctx, query }) => listTags(ctx, query),
);

export const listTagHistoryRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/tag-history",
    summary: "Every known move of a tag, or of all tags of a repository, newest first",
    access: "repositories.read",
    query: listTagHistoryQuery,
    response: tagHistoryPageSchema,
  },
  ({ ctx, query }) => listTagHistory(ctx, query),
);

/** Beyond the usual: a conflict that says what to do, and a registry that does not answer as it should. */
const outwardErrors = [409, 502, 503, 504] as const;

export const putBackTagRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/tags",
    summary: "Put a tag back to a digest whose manifest still exists",
    access: "tags.write",
    body: putBackTagBody,
    response: putBackTagResultSchema,
    errors: outwardErrors,
  },
  ({ ctx, body }) => putBackTag(ctx, body),
);

export const planDeleteTagRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/tags/deletion-plan",
    summary: "What deleting one tag would do: siblings, way, confirmation",
    access: "tags.delete",
    query: tagDeletionPlanQuery,
    response: tagDeletionPlanSchema,
  },
  ({ ctx, query }) => planDeleteTag(ctx, query),
);

export const deleteTagRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/tags",
    summary: "Delete one tag; other tags on its digest stay",
    access: "tags.delete",
    query: deleteTagQuery,
    response: deleteTagResultSchema,
    errors: outwardErrors,
  },
  ({ ctx, query }) => deleteTag(ctx, query),
);

export const getManifestRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/manifests",
    summary: "One artifact by tag or digest: platforms, layers, config, annotations, raw body",
    access: "repositories.read",
    query: getManifestQuery,
    response: artifactSchema,
    errors: [502, 503, 504],
  },
  ({ ctx, query }) => getArtifact(ctx, query),
);

/** Whatever the bytes are, they are saved and never opened here; the name is made of the digest alone. */
function sendRaw({ digest, bytes }: RawContent, word: string, requestId: string): Response {
  return new Response(new Uint8Array(bytes), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${word}-${digest.replace(/[^a-z0-9]+/g, "-").slice(0, 80)}.json"`,
      "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "docker-content-digest": digest,
      "cache-control": "private, no-store",
      vary: "cookie, authorization",
      "x-request-id": requestId,
    },
  });
}

const raw = { response: z.string(), mediaTypes: ["application/octet-stream"], errors: [409, 502, 503, 504] };

export const getRawManifestRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/manifests/raw",
    summary: "The body of a manifest, byte by byte as its digest names it",
    access: "repositories.read",
    query: getRawManifestQuery,
    ...raw,
  },
  async ({ ctx, query }) => sendRaw(await getRawManifest(ctx, query), "manifest", ctx.requestId),
);

export const getRawConfigRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/manifests/config",
    summary: "The config that a manifest names, byte by byte as its digest names it",
    access: "repositories.read",
    query: getManifestQuery,
    ...raw,
  },
  async ({ ctx, query }) => sendRaw(await getRawConfig(ctx, query), "config", ctx.requestId),
);

export const planDeleteManifestRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/manifests/deletion-plan",
    summary: "What deleting a manifest would take along: tags, and what depends on it",
    access: "manifests.delete",
    query: manifestDeletionPlanQuery,
    response: manifestDeletionPlanSchema,
    errors: [502, 503, 504],
  },
  ({ ctx, query }) => planDeleteManifest(ctx, query),
);

export const deleteManifestRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/manifests",
    summary: "Delete a manifest by digest, with the tags on it",
    access: "manifests.delete",
    query: deleteManifestQuery,
    response: deleteManifestResultSchema,
    errors: outwardErrors,
  },
  ({ ctx, query }) => deleteManifest(ctx, query),
);

export const listReferrersRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/referrers",
    summary: "What refers to a digest, as a tree",
    access: "repositories.read",
    query: listReferrersQuery,
    response: referrersSchema,
  },
  ({ ctx, query }) => listReferrers(ctx, query),
);

export const inventoryReadRoutes = [
  listRepositoriesRoute,
  summariseRepositoriesRoute,
  countRepositoryFacetsRoute,
  getRepositoryRoute,
  getRepositoryStorageRoute,
  listRepositoryFoldersRoute,
  listTagsRoute,
  listTagHistoryRoute,
  putBackTagRoute,
  planDeleteTagRoute,
  deleteTagRoute,
  getManifestRoute,
  getRawManifestRoute,
  getRawConfigRoute,
  planDeleteManifestRoute,
  deleteManifestRoute,
  listReferrersRoute,
];
