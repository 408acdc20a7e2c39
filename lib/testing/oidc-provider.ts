import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type InteractionContext } from "oidc-provider";

export interface OidcAccount {
  /** The subject. */
  sub: string;
  name?: string;
  preferred_username?: string;
  email?: string;
  groups?: string[];
}

/** What a console is told, so that it can be set up before the provider runs. */
export const oidcClient = { id: "wharfinger", secret: "oidc-client-secret-of-the-tests-1234" };

export interface RunningOidcProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** By the login that is typed at the provider. Change it while it runs: the next sign-in sees it. */
  accounts: Map<string, OidcAccount>;
  stop(): Promise<void>;
}

/**
 * A real OpenID Connect provider on loopback. Its sign-in page has one field, `login`, and asks for no consent.
 * With claimsInIdToken it behaves as providers that put every claim into the token do, else claims come from userinfo.
 */
export async function startOidcProvider(options: {
  consoleUrl: string;
  accounts: readonly (OidcAccount & { login: string })[];
  claimsInIdToken?: boolean;
  port?: number;
  /** Where others reach it, when something stands before it. */
  publicPort?: number;
}): Promise<RunningOidcProvider> {
  const { id: clientId, secret: clientSecret } = oidcClient;
  const accounts = new Map(options.accounts.map(({ login, ...account }) => [login, account]));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = `http://localhost:${options.publicPort ?? port}`;
  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${options.consoleUrl}/api/auth/callback/oidc`],
      },
    ],
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username", "groups"],
      email: ["email"],
    },
    conformIdTokenClaims: options.claimsInIdToken !== true,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["a key of the tests"] },
    interactions: { url: (_ctx: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx: unknown, sub: string) => {
      const account = [...accounts.values()].find((one) => one.sub === sub);
      return account && { accountId: sub, claims: () => account };
    },
    loadExistingGrant: async ({ oidc }: InteractionContext) => {
      const grant = new provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
      grant.addOIDCScope(oidc.params.scope ?? "openid");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on("request", (request, response) => {
    const work = request.url?.startsWith("/interaction/")
      ? answerInteraction(provider, accounts, request, response)
      : answer(request, response);
    work.catch(() => response.writeHead(500).end());
  });
  return {
    issuer,
    clientId,
    clientSecret,
    accounts,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerInteraction(
  provider: Provider,
  accounts: ReadonlyMap<string, OidcAccount>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(
      `<!doctype html><title>Provider</title><form method="post" action="/interaction/${uid}"><label>Login <input name="login"></label><button>Continue</button></form>`,
    );
    return;
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const account = accounts.get(new URLSearchParams(body).get("login") ?? "");
  const result = account
    ? { login: { accountId: account.sub } }
    : { error: "access_denied", error_description: "The provider does not know this login." };
  await provider.interactionFinished(request, response, result);
}
