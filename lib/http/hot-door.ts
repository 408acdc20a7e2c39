import type { IncomingMessage, ServerResponse } from "node:http";
import type { RouteDefinition } from "#lib/http/define-route";

/**
 * A lean handler in front of Next, for the few paths that machines call thousands of times a second.
 * Its definition stands in the route table beside every other route.
 */
export interface HotDoor {
  definition: RouteDefinition;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}
