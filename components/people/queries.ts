import type { User } from "#lib/people/schema";
import { listQuery } from "@/components/settings/list-query";

export const peopleKey = ["people"] as const;

export function peopleQuery(q: string) {
  return listQuery<User>(peopleKey, "/api/v1/users", { q });
}
