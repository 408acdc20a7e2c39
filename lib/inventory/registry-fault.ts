import { ConflictError, InvalidError, UpstreamError } from "#lib/http/errors";
import { isRegistryError } from "#lib/oci/errors";

/** What a registry did wrong, as an answer of ours: 502 to 504 with the sentence a person may read. */
export function toRegistryFault(error: unknown, slug: string): unknown {
  if (!isRegistryError(error)) return error;
  const sentence = `${error.message} (registry ${slug})`;
  switch (error.kind) {
    case "timeout":
      return new UpstreamError(504, "registry-timeout", sentence);
    // Whoever waits for an answer gives up on the registry after a while.
    case "aborted":
      return new UpstreamError(504, "registry-timeout", `The registry ${slug} did not answer in time.`);
    case "throttled":
    case "cannot-connect":
    case "name-not-resolved":
      return new UpstreamError(503, "registry-away", sentence);
    case "denied":
    case "unauthorized":
      return new ConflictError(
        `${sentence} The console's own login at this registry lacks the right: an admin can change it on the registry's page.`,
        "registry-denied",
      );
    case "invalid-request":
      return new InvalidError(error.field ?? "reference", error.message);
    default:
      return new UpstreamError(502, "registry-fault", sentence);
  }
}

/** Runs a conversation with a registry; its failures leave as errors of ours. */
export async function speakWith<T>(slug: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toRegistryFault(error, slug);
  }
}
