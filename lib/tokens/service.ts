import { everyoneId } from "#lib/grants/rules";
import { prepareHasher } from "#lib/secrets/service";
import { getFreshAccess } from "#lib/tokens/access-gate";
import type { RegistryRecord } from "#lib/tokens/access-rows";
import type { AccessSnapshot } from "#lib/tokens/access-snapshot";
import { recordTokenDenial } from "#lib/tokens/denial-recorder";
import { GuessLimiter } from "#lib/tokens/guess-limiter";
import {
  findKnownRefreshToken,
  issueRefreshToken,
  judgeRefreshToken,
  type KnownRefreshToken,
} from "#lib/tokens/refresh-tokens";
import { decideAccess, type GrantedAccess } from "#lib/tokens/rules-decision";
import { formatSubject, judgeSecret, nobody, type SignInOutcome } from "#lib/tokens/rules-sign-in";
import type { DenialReason } from "#lib/tokens/schema";
import { ensureSigningKey } from "#lib/tokens/service-keys";
import { signCurrent } from "#lib/tokens/service-sign";
import { findTrustedSignIn, type TrustedClaims, verifyIssuerToken } from "#lib/tokens/service-trust";
import { tokenLifeSeconds } from "#lib/tokens/sign-token";
import type { Credentials, TokenAsk } from "#lib/tokens/token-request";
import { recordTokenUse } from "#lib/tokens/use-recorder";

/** How somebody shows who they are. */
export type Showing =
  | { kind: "nothing" }
  | { kind: "password"; credentials: Credentials }
  | { kind: "refresh-token"; token: string }
  /** A signed token of an issuer that a trust rule names; the principal is found by the rule. */
  | { kind: "issuer-token"; token: string; principal: string | null };

export interface TokenRequest {
  ask: TokenAsk;
  showing: Showing;
  /** Whether a refresh token is wanted too. */
  offline: boolean;
  address: string | null;
  agent: string | null;
}

export type TokenOutcome =
  | {
      kind: "issued";
      token: string;
      issuedAtSeconds: number;
      expiresInSeconds: number;
      access: readonly GrantedAccess[];
      refreshToken: string | null;
    }
  | { kind: "unknown-service" }
  | { kind: "refused"; reason: DenialReason; retryAfterSeconds: number | null };

const limiter = new GuessLimiter();

/** One request at the token endpoint: who asks, what they may, a token for just that. */
export async function issueToken(request: TokenRequest): Promise<TokenOutcome> {
  const shown = await readShowing(request.showing);
  let snapshot = await getFreshAccess();
  const registry = snapshot.findRegistry(request.ask.service);
  if (registry === null) return { kind: "unknown-service" };
  if (snapshot.findCurrentKey(registry.id) === null) {
    await ensureSigningKey(registry.id);
    snapshot = await getFreshAccess();
  }
  return decide(snapshot, request, shown);
}

/** What was shown, with everything about it that takes a wait. */
interface Shown {
  showing: Showing;
  hash: (secret: string) => string;
  claims: TrustedClaims | null;
  refresh: KnownRefreshToken | null;
}

async function readShowing(showing: Showing): Promise<Shown> {
  const hash = await prepareHasher("registry-secret");
  const issued = readIssuerToken(showing);
  return {
    showing,
    hash,
    claims: issued === null ? null : await verifyIssuerToken(issued),
    refresh: showing.kind === "refresh-token" ? await findKnownRefreshToken(showing.token) : null,
  };
}

function readIssuerToken(showing: Showing): string | null {
  if (showing.kind === "issuer-token") return showing.token;
  if (showing.kind !== "password") return null;
  const { password } = showing.credentials;
  return password.startsWith("eyJ") ? password : null;
}

/** From here to the decision there is no wait: the snapshot stays what it is. */
async function decide(snapshot: AccessSnapshot, request: TokenRequest, shown: Shown): Promise<TokenOutcome> {
  const nowMs = Date.now();
  const registry = snapshot.findRegistry(request.ask.service);
  const key = registry && snapshot.findCurrentKey(registry.id);
  if (!registry || !key) return { kind: "unknown-service" };
  const signIn = signInWith(snapshot, shown, registry.id, nowMs);
  if (!signIn.ok) return refuse(snapshot, request, registry, signIn, nowMs);
  const { principal, secretId, trustRuleId } = signIn.who;
  const subject = snapshot.findSubject(principal?.id ?? null, nowMs) ?? { principalIds: new Set<string>() };
  const { access, refusals, uses } = decideAccess(registry.held, subject, request.ask.resources, {
    nowMs,
    everythingOpen: registry.enforcement === "suspended" && principal !== null,
  });
  const { address, agent } = request;
  for (const refusal of refusals)
    recordTokenDenial({ ...refusal, registry, principal, account: null, address, agent, atMs: nowMs });
  const principalId = principal?.id ?? everyoneId;
  recordTokenUse({
    registryId: registry.id,
    principalId,
    secretId,
    trustRuleId,
    uses,
    address,
    agent,
    atMs: nowMs,
  });
  const issuedAtSeconds = Math.floor(nowMs / 1000);
  const [token, refreshToken] = await Promise.all([
    signCurrent(key, registry, formatSubject(principal), access, issuedAtSeconds),
    request.offline && request.showing.kind !== "refresh-token"
      ? issueRefreshToken(registry.id, signIn.who, new Date(nowMs))
      : null,
  ]);
  return { kind: "issued", token, issuedAtSeconds, expiresInSeconds: tokenLifeSeconds, access, refreshToken };
}

function signInWith(
  snapshot: AccessSnapshot,
  shown: Shown,
  registryId: number,
  nowMs: number,
): SignInOutcome {
  const { showing, claims } = shown;
  if (showing.kind === "nothing") return { ok: true, who: nobody };
  if (showing.kind === "refresh-token") return judgeRefreshToken(snapshot, shown.refresh, registryId, nowMs);
  if (showing.kind === "issuer-token") return findTrustedSignIn(snapshot, claims, showing.principal);
  const { username, password } = showing.credentials;
  // Ours have a form of their own, but a robot's may come from a setting and have any.
  const secret = snapshot.findSecretByHash(shown.hash(password));
  if (secret === null && readIssuerToken(showing) !== null)
    return findTrustedSignIn(snapshot, claims, username);
  const principal = secret && snapshot.findPrincipal(secret.principalId);
  return judgeSecret(secret, principal, username, nowMs);
}

function refuse(
  snapshot: AccessSnapshot,
  { showing, address, agent }: TokenRequest,
  registry: RegistryRecord,
  signIn: SignInOutcome & { ok: false },
  nowMs: number,
): TokenOutcome {
  const username = showing.kind === "password" ? showing.credentials.username : null;
  // Who was right once makes no guess.
  const isGuess = signIn.principal === null;
  const retryAfterSeconds = isGuess ? limiter.fail(username, address, nowMs) : null;
  const reason = retryAfterSeconds === null ? signIn.reason : "throttled";
  recordTokenDenial({
    reason,
    registry,
    principal: signIn.principal,
    account: username !== null && isKnownName(snapshot, username) ? username : null,
    type: null,
    repository: null,
    actions: [],
    address,
    agent,
    atMs: nowMs,
  });
  return { kind: "refused", reason, retryAfterSeconds };
}

function isKnownName(snapshot: AccessSnapshot, name: string): boolean {
  return (["robot", "workload", "user"] as const).some(
    (kind) => snapshot.findPrincipalByName(kind, name) !== null,
  );
}
