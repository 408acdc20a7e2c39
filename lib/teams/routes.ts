import { defineRoute, RouteReply } from "#lib/http/define-route";
import {
  changeTeamBody,
  createTeamBody,
  listTeamsQuery,
  teamPageSchema,
  teamParams,
  teamSchema,
} from "#lib/teams/schema";
import { changeTeam, createTeam, deleteTeam, getTeam, listTeams } from "#lib/teams/service";

export const listTeamsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/teams",
    summary: "Teams: people and the repositories that are theirs",
    access: "teams.read",
    query: listTeamsQuery,
    response: teamPageSchema,
  },
  ({ ctx, query }) => listTeams(ctx, query),
);

export const createTeamRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/teams",
    summary: "Create a team",
    access: "teams.write",
    body: createTeamBody,
    response: teamSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, body }) => createTeam(ctx, body),
);

export const getTeamRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/teams/{slug}",
    summary: "One team",
    access: "teams.read",
    params: teamParams,
    response: teamSchema,
  },
  ({ ctx, params }) => getTeam(ctx, params.slug),
);

export const changeTeamRoute = defineRoute(
  {
    method: "PATCH",
    path: "/api/v1/teams/{slug}",
    summary: "Change a team; members and patterns replace what there was",
    access: "teams.write",
    params: teamParams,
    body: changeTeamBody,
    response: teamSchema,
  },
  ({ ctx, params, body }) => changeTeam(ctx, params.slug, body),
);

export const deleteTeamRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/teams/{slug}",
    summary: "Delete a team; its people and repositories stay",
    access: "teams.write",
    params: teamParams,
    status: 204,
  },
  async ({ ctx, params }) => {
    await deleteTeam(ctx, params.slug);
    return new RouteReply(null);
  },
);

export const teamRoutes = [listTeamsRoute, createTeamRoute, getTeamRoute, changeTeamRoute, deleteTeamRoute];
