import { nobody, type Principal } from "#lib/auth/context";
import type { Client } from "#lib/http/client-address";

/** Who sent the request: an API key (bearer), a session (cookie), or nobody. */
export async function authenticate(_headers: Headers, _client: Client): Promise<Principal> {
  return nobody;
}
