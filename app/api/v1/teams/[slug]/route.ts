import { handle } from "#lib/http/handle";
import { changeTeamRoute, deleteTeamRoute, getTeamRoute } from "#lib/teams/routes";

export const GET = handle(getTeamRoute);
export const PATCH = handle(changeTeamRoute);
export const DELETE = handle(deleteTeamRoute);
