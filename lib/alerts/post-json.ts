import type { AddressGuard } from "#lib/oci/address-guard";
import { isRegistryError, type RegistryErrorKind } from "#lib/oci/errors";
import { Transport } from "#lib/oci/transport";

const deadlineMs = 10_000;
// What a receiver answers is not read any further.
const mostAnswerBytes = 65_536;

export type PostOutcome =
  | { ok: true; status: number }
  | { ok: false; status: number; kind: "answered" }
  | { ok: false; status: null; kind: RegistryErrorKind };

/**
 * One POST of JSON to an address that somebody gave: any 2xx is a success, redirects are not followed, and the guard
 * decides which addresses may be asked.
 */
export async function postJson(
  request: { url: string; headers?: Record<string, string>; body: string },
  options: { guard: AddressGuard; signal?: AbortSignal },
): Promise<PostOutcome> {
  const url = new URL(request.url);
  const headers = {
    "content-type": "application/json",
    "user-agent": "Wharfinger (webhook)",
    ...request.headers,
  };
  const transport = new Transport({ guard: options.guard, connections: 1 });
  // From the first look-up of the name on: the transport's own deadline begins with the connection.
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const { status } = await transport.send({
      method: "POST",
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      headers: Object.entries(headers).flat(),
      body: Buffer.from(request.body),
      maxBytes: mostAnswerBytes,
      signal: options.signal ? AbortSignal.any([deadline, options.signal]) : deadline,
    });
    return status >= 200 && status < 300 ? { ok: true, status } : { ok: false, status, kind: "answered" };
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    return { ok: false, status: null, kind: deadline.aborted ? "timeout" : error.kind };
  } finally {
    await transport.close();
  }
}
