import type { Login } from "#lib/testing/skopeo";

export interface TokenReply {
  status: number;
  /** Empty when there is none. */
  token: string;
  access: { type: string; name: string; actions: string[] }[];
}

/** One request for a token, as a client makes it. */
export async function askToken(
  consoleUrl: string,
  ask: { service: string; scopes: readonly string[]; login: Login | null },
): Promise<TokenReply> {
  const url = new URL("/api/token", consoleUrl);
  url.searchParams.set("service", ask.service);
  for (const scope of ask.scopes) url.searchParams.append("scope", scope);
  const response = await fetch(url, { headers: ask.login ? { authorization: basicOf(ask.login) } : {} });
  const text = await response.text();
  if (response.status !== 200) return { status: response.status, token: "", access: [] };
  const { token } = JSON.parse(text) as { token: string };
  return { status: 200, token, access: readClaims(token).access };
}

/** What a token says, believed as it is. */
export function readClaims(token: string): {
  iss: string;
  sub: string;
  aud: string;
  exp: number;
  nbf: number;
  access: TokenReply["access"];
} {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

/** One request to a registry, with a token or none; the body is thrown away. */
export async function askRegistry(
  registryUrl: string,
  method: string,
  path: string,
  token?: string,
): Promise<{ status: number; challenge: string; location: string | null }> {
  const response = await fetch(`${registryUrl}${path}`, {
    method,
    redirect: "manual",
    headers: {
      accept: "application/vnd.oci.image.manifest.v1+json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  await response.body?.cancel();
  return {
    status: response.status,
    challenge: response.headers.get("www-authenticate") ?? "",
    location: response.headers.get("location"),
  };
}

function basicOf({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
