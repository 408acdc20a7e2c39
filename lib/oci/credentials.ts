import { digestOf } from "#lib/oci/digest";
import { RegistryError } from "#lib/oci/errors";

/** `token` is either sent as it is (a static bearer token) or traded at the realm as a refresh token. */
export type RegistryCredentials =
  | { kind: "none" }
  | { kind: "basic"; username: string; password: string }
  | { kind: "token"; token: string };

/** Throws `invalid-request` for credentials that could not be sent as they are. */
export function checkCredentials(credentials: RegistryCredentials): void {
  if (credentials.kind === "basic") {
    const bad = credentials.username === "" || /[:\p{Cc}]/u.test(credentials.username);
    if (bad)
      throw new RegistryError("invalid-request", "A user name has no colon and no control characters.", {
        field: "username",
      });
    if (/\p{Cc}/u.test(credentials.password)) {
      throw new RegistryError("invalid-request", "A password has no control characters.", {
        field: "password",
      });
    }
  }
  if (credentials.kind === "token" && !isBearerToken(credentials.token)) {
    throw new RegistryError("invalid-request", "A token has only visible ASCII characters.", {
      field: "token",
    });
  }
}

/** What may follow `Bearer ` in a header without being able to end it. */
export function isBearerToken(text: string): boolean {
  return text.length <= 65_536 && /^[\x21-\x7e]+$/.test(text);
}

export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

/** Tells credentials apart in cache keys without holding them. */
export function identityOf(credentials: RegistryCredentials): readonly string[] {
  if (credentials.kind === "basic") return ["basic", credentials.username, digestOf(credentials.password)];
  return credentials.kind === "token" ? ["token", digestOf(credentials.token)] : ["none"];
}

/** Every spelling of the secret that must not come out again in an error. */
export function secretsOf(credentials: RegistryCredentials): string[] {
  if (credentials.kind === "none") return [];
  if (credentials.kind === "token") return [credentials.token];
  const header = basicHeader(credentials.username, credentials.password);
  return [header.slice("Basic ".length), credentials.password, encodeURIComponent(credentials.password)];
}
