import type { Team } from "#lib/teams/schema";
import { listQuery } from "@/components/settings/list-query";

export const teamsKey = ["teams"] as const;

export function teamsQuery() {
  return listQuery<Team>(teamsKey, "/api/v1/teams");
}
