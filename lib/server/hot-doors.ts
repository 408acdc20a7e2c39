import type { HotDoor } from "#lib/http/hot-door";

/** The doors that stand in front of Next. */
export function listHotDoors(): HotDoor[] {
  return [];
}
