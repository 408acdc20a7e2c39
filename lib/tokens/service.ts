import { everyoneId } from "#lib/grants/rules";
import { accessActions } from "#lib/grants/schema";
import { repositoryProblem } from "#lib/oci/reference";
import { prepareHasher } from "#lib/secrets/service";
import { getFreshAccess, getKnownAccess } from "#lib/tokens/access-gate";
import type { RegistryRecord } from "#lib/tokens/access-rows";
import type { AccessSnapshot } from "#lib/tokens/access-snapshot";
import { type KnownAccount, recordTokenDenial } from "#lib/tokens/denial-recorder";
import { GuessLimiter } from "#lib/tokens/guess-limiter";
import {
  findKnownRefreshToken,
  issueRefreshToken,
  judgeRefreshToken,
  type KnownRefreshToken,
} from "#lib/tokens/refresh-tokens";
import { type AccessDecision, decideAccess, type GrantedAccess } from "#lib/tokens/rules-decision";
import {
  formatSubject,
  isSecretForm,
  judgeSecret,
  nobody,
  type SignedIn,
  type SignInOutcome,
} from "#lib/tokens/rules-sign-in";
import type { DenialReason } from "#lib/tokens/schema";
import { ensureSigningKey } from "#lib/tokens/service-keys";
import { type SignedToken, signCurrent } from "#lib/tokens/service-sign";
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
  const asking = getFreshAccess();
  // While the database is asked whether anything has changed, the answer for the case that nothing did is made.
  const known = getKnownAccess();
  const early = known && prepare(known, request, shown);
  let snapshot = await asking;
  if (early !== null && early.version === snapshot.version && early.kind !== "no-key")
    return complete(early, request);
  const registry = snapshot.findRegistry(request.ask.service);
  if (registry && snapshot.findCurrentKey(registry.id) === null) {
    await ensureSigningKey(registry.id);
    snapshot = await getFreshAccess();
  }
  return complete(prepare(snapshot, request, shown), request);
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

/** What comes of a request as of one version; nothing of it is told or recorded yet. */
type Prepared = { version: number; nowMs: number } & (
  | { kind: "no-key" }
  | { kind: "unknown-service" }
  | {
      kind: "refused";
      registry: RegistryRecord;
      signIn: SignInOutcome & { ok: false };
      /** Whose name was given, though nothing proved it. */
      account: KnownAccount | null;
    }
  | {
      kind: "decided";
      registry: RegistryRecord;
      who: SignedIn;
      decision: AccessDecision;
      token: Promise<SignedToken>;
    }
);

/** Without a wait: the snapshot stays what it is. */
function prepare(snapshot: AccessSnapshot, request: TokenRequest, shown: Shown): Prepared {
  const nowMs = Date.now();
  const base = { version: snapshot.version, nowMs };
  const registry = snapshot.findRegistry(request.ask.service);
  if (registry === null) return { ...base, kind: "unknown-service" };
  const key = snapshot.findCurrentKey(registry.id);
  if (key === null) return { ...base, kind: "no-key" };
  const signIn = signInWith(snapshot, shown, registry.id, request.address, nowMs);
  if (!signIn.ok) {
    const username = request.showing.kind === "password" ? request.showing.credentials.username : null;
    const known = username === null ? null : findKnownKind(snapshot, username);
    const account = known === null ? null : { name: username ?? "", kind: known };
    return { ...base, kind: "refused", registry, signIn, account };
  }
  const { principal } = signIn.who;
  const subject = snapshot.findSubject(principal?.id ?? null, nowMs) ?? noSubject;
  const decision = decideAccess(registry.held, subject, request.ask.resources, {
    nowMs,
    everythingOpen: registry.enforcement === "suspended" && principal !== null,
  });
  const nowSeconds = Math.floor(nowMs / 1000);
  const token = signCurrent(key, registry, formatSubject(principal), decision.access, nowSeconds);
  // Whoever waits for it is told; one that is thrown away fails silently.
  token.catch(() => undefined);
  return { ...base, kind: "decided", registry, who: signIn.who, decision, token };
}

/** Of a refused sign-in: what somebody wanted is told of the first few things only. */
const maxToldResources = 3;
const noSubject = { principalIds: new Set<string>() };

async function complete(prepared: Prepared, request: TokenRequest): Promise<TokenOutcome> {
  if (prepared.kind === "refused") return refuse(prepared, request);
  if (prepared.kind !== "decided") return { kind: "unknown-service" };
  const { registry, who, decision, nowMs: atMs } = prepared;
  const { principal, secretId, trustRuleId } = who;
  const { address, agent } = request;
  for (const refusal of decision.refusals)
    recordTokenDenial({ ...refusal, registry, principal, account: null, address, agent, atMs });
  const principalId = principal?.id ?? everyoneId;
  const { uses } = decision;
  recordTokenUse({ registryId: registry.id, principalId, secretId, trustRuleId, uses, address, agent, atMs });
  const isFirst = request.offline && request.showing.kind !== "refresh-token";
  const { token, issuedAtSeconds } = await prepared.token;
  return {
    kind: "issued",
    token,
    issuedAtSeconds,
    // Whoever counts from now on is right too.
    expiresInSeconds: issuedAtSeconds + tokenLifeSeconds - Math.floor(atMs / 1000),
    access: decision.access,
    refreshToken: isFirst ? await issueRefreshToken(registry.id, who, new Date(atMs)) : null,
  };
}

function signInWith(
  snapshot: AccessSnapshot,
  shown: Shown,
  registryId: number,
  address: string | null,
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
  // Only secrets that nobody can guess pass while others guess.
  const isGuessable = secret !== null && !isSecretForm(password);
  if (isGuessable && limiter.isOver(username, address, nowMs))
    return { ok: false, reason: "wrong-credentials", principal: null };
  const principal = secret && snapshot.findPrincipal(secret.principalId);
  return judgeSecret(secret, principal, username, nowMs);
}

function refuse(prepared: Prepared & { kind: "refused" }, request: TokenRequest): TokenOutcome {
  const { registry, signIn, account, nowMs } = prepared;
  const { showing, address, agent } = request;
  const username = showing.kind === "password" ? showing.credentials.username : null;
  // Who was right once makes no guess.
  const isGuess = signIn.principal === null;
  const retryAfterSeconds = isGuess ? limiter.fail(username, address, nowMs) : null;
  const reason: DenialReason = retryAfterSeconds === null ? signIn.reason : "throttled";
  const base = { reason, registry, principal: signIn.principal, account, address, agent, atMs: nowMs };
  const wanted = request.ask.resources.filter(({ type }) => type === "repository").slice(0, maxToldResources);
  for (const { type, name, actions } of wanted)
    recordTokenDenial({ ...base, type, ...nameable(name, actions) });
  if (wanted.length === 0) recordTokenDenial({ ...base, type: null, repository: null, actions: [] });
  return { kind: "refused", reason, retryAfterSeconds };
}

/** What anybody may write is kept where it is a name and actions that exist: one NUL would stop every write. */
function nameable(
  name: string,
  actions: readonly string[],
): { repository: string | null; actions: string[] } {
  if (repositoryProblem(name) !== null) return { repository: null, actions: [] };
  return { repository: name, actions: actions.filter((one) => accessActions.some((known) => known === one)) };
}

function findKnownKind(snapshot: AccessSnapshot, name: string): KnownAccount["kind"] | null {
  const kinds = ["robot", "workload", "user"] as const;
  return kinds.find((kind) => snapshot.findPrincipalByName(kind, name) !== null) ?? null;
}
