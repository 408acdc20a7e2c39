import { defineRoute } from "#lib/http/define-route";
import {
  folderPageSchema,
  listFoldersQuery,
  listRepositoriesQuery,
  listTagHistoryQuery,
  listTagsQuery,
  repositoryDetailSchema,
  repositoryPageSchema,
  repositoryQuery,
  repositoryStorageSchema,
  repositorySummarySchema,
  summariseRepositoriesQuery,
  tagHistoryPageSchema,
  tagPageSchema,
} from "#lib/inventory/schema";
import {
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

export const inventoryReadRoutes = [
  listRepositoriesRoute,
  summariseRepositoriesRoute,
  getRepositoryRoute,
  getRepositoryStorageRoute,
  listRepositoryFoldersRoute,
  listTagsRoute,
  listTagHistoryRoute,
];
