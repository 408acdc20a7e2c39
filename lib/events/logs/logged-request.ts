import type { Json } from "#lib/events/signal-fields";

/** What a line of a log says of one request. Nothing here was checked yet. */
export interface LoggedRequest {
  side: "log" | "access-log";
  method: string;
  /** Path and query as they were asked for. */
  uri: string | null;
  /** What distribution read from the path, where the line has no path. */
  vars: { name: string | null; reference: string | null; digest: string | null };
  status: number | null;
  /** Why distribution did not let the request in; such a line has no status. */
  refusal: string | null;
  /** The code of the error as the specification writes it: MANIFEST_UNKNOWN. */
  code: string | null;
  detail: string | null;
  requestId: string | null;
  actor: string | null;
  /** With its port, where the log has one. */
  address: string | null;
  agent: string | null;
  mediaType: string | null;
  time: string | null;
  /** What was told, as JSON. */
  told: Json;
}

/** A line is of a request, or of something that concerns nobody, or cannot be read. */
export type LineParse = LoggedRequest | "ignored" | null;
