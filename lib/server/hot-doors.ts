import { ingestDistribution } from "#lib/events/hot-door";
import type { HotDoor } from "#lib/http/hot-door";

/** The doors that stand in front of Next. */
export function listHotDoors(): HotDoor[] {
  return [ingestDistribution];
}
