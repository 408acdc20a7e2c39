import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import Provider from "oidc-provider";

export interface WorkloadIssuer {
  issuer: string;
  /** The private key that it signs with, so that tests can sign what it never would. */
  key: JWK & { kid: string };
  /** A signed token as a pipeline gets one: for a subject, meant for an audience. */
  getToken(subject: string, audience: string): Promise<string>;
  /** Paths that were asked for. */
  requests: string[];
  stop(): Promise<void>;
}

/**
 * A real OpenID provider on loopback that gives pipelines tokens of their own, as GitHub Actions, GitLab and
 * Kubernetes do: the subjects are its clients. Every token says `environment` as well.
 */
export async function startWorkloadIssuer(options: {
  subjects: readonly string[];
  environment?: string;
}): Promise<WorkloadIssuer> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: "issuer-key-1", alg: "RS256", use: "sig" };
  const requests: string[] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const secret = "a client secret of the tests, long enough";
  const provider = new Provider(issuer, {
    jwks: { keys: [key] },
    clients: options.subjects.map((subject) => ({
      client_id: subject,
      client_secret: secret,
      redirect_uris: [],
      response_types: [],
      grant_types: ["client_credentials"],
      token_endpoint_auth_method: "client_secret_post",
    })),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx: unknown, audience: string) => ({
          audience,
          scope: "",
          accessTokenFormat: "jwt",
          accessTokenTTL: 300,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    extraTokenClaims: () => ({ environment: options.environment ?? "production" }),
    cookies: { keys: ["a key of the tests"] },
  });
  const answer = provider.callback();
  server.on("request", (request, response) => {
    requests.push(request.url ?? "");
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  return {
    issuer,
    key,
    requests,
    getToken: async (subject, audience) => {
      const fields = {
        grant_type: "client_credentials",
        client_id: subject,
        client_secret: secret,
        resource: audience,
      };
      const response = await fetch(`${issuer}/token`, { method: "POST", body: new URLSearchParams(fields) });
      const json = (await response.json()) as { access_token?: string };
      if (!json.access_token) throw new Error(`The issuer gave no token: ${JSON.stringify(json)}`);
      return json.access_token;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
