import { ingestDoors } from "#lib/events/hot-door";
import type { HotDoor } from "#lib/http/hot-door";
import { metricsDoor } from "#lib/metrics/hot-door";
import { tokenExchangeDoor } from "#lib/tokens/exchange-door";
import { jwksDoor, tokenDoor, tokenFormDoor } from "#lib/tokens/hot-door";

/** The doors that stand in front of Next. */
export function listHotDoors(): HotDoor[] {
  return [...ingestDoors, tokenDoor, tokenFormDoor, jwksDoor, tokenExchangeDoor, metricsDoor];
}
