import type { LoggedRequest } from "#lib/events/logs/logged-request";

/** What a request was about. */
export interface LogTarget {
  kind: "manifest" | "blob" | "upload";
  repository: string;
  /** A tag, a digest, or what somebody wrote in its place. */
  reference: string | null;
}

const longestPath = 4_096;

/** Reads the path of a request; null where it is about no manifest and no blob: `/v2/`, tags, referrers, the catalogue. */
export function findTarget({ uri, vars }: LoggedRequest): LogTarget | null {
  if (uri !== null) return readPath(uri);
  if (vars.name === null) return null;
  if (vars.reference !== null) return { kind: "manifest", repository: vars.name, reference: vars.reference };
  return vars.digest === null ? null : { kind: "blob", repository: vars.name, reference: vars.digest };
}

function readPath(uri: string): LogTarget | null {
  const [path = ""] = uri.slice(0, longestPath).split(/[?#]/, 1);
  // A registry may live below a prefix.
  const root = path.indexOf("/v2/");
  if (root === -1) return null;
  const rest = path.slice(root + "/v2/".length);
  const upload = /^(.+)\/blobs\/uploads(?:\/[^/]*)?$/.exec(rest);
  if (upload !== null) return toTarget("upload", upload[1] ?? "", null);
  const match = /^(.+)\/(manifests|blobs)\/([^/]+)$/.exec(rest);
  if (match === null) return null;
  return toTarget(match[2] === "blobs" ? "blob" : "manifest", match[1] ?? "", match[3] ?? "");
}

function toTarget(kind: LogTarget["kind"], name: string, reference: string | null): LogTarget | null {
  try {
    return {
      kind,
      repository: decodeURIComponent(name),
      reference: reference === null ? null : decodeURIComponent(reference),
    };
  } catch {
    return null;
  }
}
