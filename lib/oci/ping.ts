import type { Session } from "#lib/oci/session";

export type CallOptions = { signal?: AbortSignal };

const maxPingBytes = 1024 * 1024;

/** Asks `/v2/` and throws unless the registry speaks the API and accepts the credentials. */
export async function ping(
  session: Session,
  options: CallOptions = {},
): Promise<{ apiVersion: string | null }> {
  const answer = await session.send({
    method: "GET",
    path: "/v2/",
    scopes: [],
    maxBytes: maxPingBytes,
    signal: options.signal,
    retry: "always",
  });
  if (answer.status !== 200) throw session.errorOf(answer, "the registry API at /v2/");
  const version = answer.headers["docker-distribution-api-version"];
  return { apiVersion: typeof version === "string" ? version.slice(0, 60) : null };
}
