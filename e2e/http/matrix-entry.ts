import type { Permission } from "#lib/auth/permissions";
import type { MatrixTarget } from "./expect-verdict.ts";
import type { TestRequest } from "./send-request.ts";
import type { Stage } from "./stage.ts";

export interface MatrixCall {
  request: TestRequest;
  target: MatrixTarget;
}

/** One operation of the route table, and how to call it. */
export interface MatrixEntry {
  /** As in the route table: `GET /api/v1/tags`. */
  operation: string;
  /** Statuses that somebody who is permitted may get. */
  permitted: readonly number[];
  /** Makes a call; one that changes something gets a fresh target each time. */
  prepare(stage: Stage): Promise<MatrixCall> | MatrixCall;
  /** What the call needs, where the route itself only asks for anybody who is signed in. */
  access?: Permission;
  /** Neither person nor key gets in: it has a secret of its own, and everybody here is answered this. */
  refusesEverybody?: number;
  /** Only behind the server's entry: a hot door does not exist under plain Next. */
  hotDoor?: boolean;
}
