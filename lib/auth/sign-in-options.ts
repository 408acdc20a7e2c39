import type { NextAuthOptions } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { readCallbackPath } from "#lib/auth/callback-url";
import type { Context } from "#lib/auth/context";
import { createOidcAgent } from "#lib/auth/oidc-agent";
import {
  getCsrfCookieName,
  getSessionCookieName,
  getSessionSecret,
  isSecureOrigin,
} from "#lib/auth/session-secret";
import { log } from "#lib/log/log";
import { readOidcProfile } from "#lib/people/oidc-profile";
import {
  type SignInResult,
  sessionMaxMs,
  signInWithOidc,
  signInWithPassword,
  signOut,
} from "#lib/sessions/sign-in";
import type { OidcSettings } from "#lib/settings/oidc-settings";

/** What one request to next-auth came to, beside what next-auth answers. */
export interface SignInAttempt {
  result: SignInResult | null;
  /** A fault on our side, such as a database that is away: to be thrown, not shown as a refusal. */
  fault: unknown;
}

interface AttemptInput {
  ctx: Context;
  oidc: OidcSettings | null;
  /** The session that the request came with; a new sign-in ends it. */
  sessionId: string | null;
  attempt: SignInAttempt;
}

type Provider = NextAuthOptions["providers"][number];
/** openid-client's verified tokens, by way of next-auth. */
type TokenSet = Exclude<Parameters<Parameters<UserinfoRequest>[0]["client"]["userinfo"]>[0], string>;
type UserinfoRequest = Extract<
  NonNullable<OAuthConfig<unknown>["userinfo"]>,
  { request?: unknown }
>["request"] & {};

/**
 * next-auth's options for one request. The cookie holds nothing but the id of a session row: who that is and what
 * they may do is looked up at each request.
 */
export function createSignInOptions(input: AttemptInput): NextAuthOptions {
  const { ctx, attempt } = input;
  const providers: Provider[] = [prepareCredentialsProvider(input)];
  if (input.oidc) providers.push(prepareOidcProvider(input.oidc));
  return {
    providers,
    secret: getSessionSecret(),
    session: { strategy: "jwt", maxAge: sessionMaxMs / 1000 },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in" },
    useSecureCookies: isSecureOrigin(),
    cookies: prepareCookies(),
    callbacks: {
      redirect: ({ url, baseUrl }) => `${baseUrl}${readCallbackPath(url, baseUrl)}`,
      signIn: ({ account, profile }) => (account?.provider === "oidc" ? admitByOidc(input, profile) : true),
      jwt: ({ token, user }) => {
        if (!user) return token;
        return attempt.result?.ok ? { sid: attempt.result.sessionId } : {};
      },
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sid !== "string") return;
        try {
          await signOut(ctx, token.sid);
        } catch (error) {
          attempt.fault = error;
        }
      },
    },
    // Codes only: what next-auth passes beside them may hold tokens and claims.
    logger: {
      error: (code, metadata) => log.warn({ code, reason: readReason(metadata) }, "sign-in"),
      warn: (code) => log.debug({ code }, "sign-in"),
      debug: () => {},
    },
  };
}

function prepareCredentialsProvider({ ctx, sessionId, attempt }: AttemptInput): Provider {
  return {
    id: "credentials",
    name: "Password",
    type: "credentials",
    credentials: {},
    options: {},
    authorize: async (credentials: Record<string, unknown> | undefined) => {
      const login = typeof credentials?.login === "string" ? credentials.login : "";
      const password = typeof credentials?.password === "string" ? credentials.password : "";
      try {
        attempt.result = await signInWithPassword(ctx, login, password, sessionId);
      } catch (error) {
        attempt.fault = error;
      }
      return attempt.result?.ok ? { id: attempt.result.sessionId } : null;
    },
  } as Provider;
}

function prepareOidcProvider(oidc: OidcSettings): Provider {
  return {
    id: "oidc",
    name: oidc.name,
    type: "oauth",
    wellKnown: `${oidc.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    issuer: oidc.issuer,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    checks: ["pkce", "state", "nonce"],
    idToken: true,
    httpOptions: { timeout: 6_000, agent: createOidcAgent(oidc.issuer) },
    authorization: { params: { scope: oidc.scope } },
    userinfo: {
      // Some providers put groups into the token, some answer them only here. What is signed wins.
      request: async ({ client, tokens }) => {
        const verified = tokens as TokenSet;
        const more = client.issuer.metadata.userinfo_endpoint ? await client.userinfo(verified) : {};
        return { ...more, ...verified.claims() };
      },
    },
    profile: (claims: { sub: string }) => ({ id: claims.sub }),
  } satisfies OAuthConfig<{ sub: string }> as Provider;
}

async function admitByOidc(
  { ctx, oidc, sessionId, attempt }: AttemptInput,
  claims: unknown,
): Promise<boolean> {
  const profile = oidc ? readOidcProfile(claims, oidc) : null;
  if (!oidc || !profile) return false;
  try {
    attempt.result = await signInWithOidc(ctx, profile, oidc.roleMap, sessionId);
  } catch (error) {
    attempt.fault = error;
  }
  return attempt.result?.ok === true;
}

function prepareCookies(): NextAuthOptions["cookies"] {
  const secure = isSecureOrigin();
  const prefix = secure ? "__Host-" : "";
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure } as const;
  const brief = { ...options, maxAge: 900 };
  return {
    sessionToken: { name: getSessionCookieName(), options },
    csrfToken: { name: getCsrfCookieName(), options },
    callbackUrl: { name: `${prefix}wharfinger.callback-url`, options: brief },
    state: { name: `${prefix}wharfinger.state`, options: brief },
    pkceCodeVerifier: { name: `${prefix}wharfinger.pkce`, options: brief },
    nonce: { name: `${prefix}wharfinger.nonce`, options: brief },
  };
}

/** The name of the error inside, never its text. */
function readReason(metadata: unknown): string | undefined {
  const error = metadata instanceof Error ? metadata : (metadata as { error?: unknown } | null)?.error;
  return error instanceof Error ? error.name : undefined;
}
