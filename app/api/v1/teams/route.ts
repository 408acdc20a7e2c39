import { handle } from "#lib/http/handle";
import { createTeamRoute, listTeamsRoute } from "#lib/teams/routes";

export const GET = handle(listTeamsRoute);
export const POST = handle(createTeamRoute);
