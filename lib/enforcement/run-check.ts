import {
  type EnforcementStep,
  type ExpectedRealm,
  findClockWarning,
  judgeChallenge,
  listRealmWarnings,
  summariseSteps,
} from "#lib/enforcement/rules-check";
import type { EnforcementCheck, EnforcementState, TokenMode } from "#lib/enforcement/schema";
import { isRegistryError } from "#lib/oci/errors";
import { parseJsonObject } from "#lib/oci/json-fields";
import type { OutsideAnswer, OutsideView } from "#lib/oci/outside-view";

export interface CheckInput extends ExpectedRealm {
  view: OutsideView;
  state: EnforcementState;
  tokenMode: TokenMode;
  /** A repository that grants do not open to everybody; null when every repository is open. */
  hiddenRepository: string | null;
  /** A right token of the console itself. */
  ownToken: string;
  /** A right token of somebody made for this check, without any grant. */
  strangerToken: string;
  now: Date;
  signal?: AbortSignal;
}

/**
 * Proves from outside what a registry enforces: its challenge, an anonymous pull, a push by a stranger, and that it
 * believes our own token. Nothing is left behind; an upload that was wrongly allowed is cancelled.
 */
export async function runCheck(input: CheckInput): Promise<EnforcementCheck> {
  const { view, now } = input;
  const done = (steps: EnforcementStep[], warnings: string[] = []): EnforcementCheck => ({
    seen: summariseSteps(steps),
    at: now.toISOString(),
    steps: [...steps, ...untriedSteps(steps)],
    warnings,
  });
  let first: OutsideAnswer;
  try {
    first = await view.ask("GET", "/v2/", undefined, input.signal);
  } catch (error) {
    return done([{ name: "challenge", outcome: "unknown", text: sentenceOf(error) }]);
  }
  const { steps, realm } = judgeChallenge(first, input);
  if (realm === null) return done(steps);
  const realmStep = await tryRealm(input, realm);
  steps.push(
    realmStep.step,
    await tryOwnToken(input),
    await tryAnonymousPull(input, realmStep.anonymousToken),
    await tryForeignPush(input),
  );
  const clock = findClockWarning(first.date, new Date(), input.tokenMode);
  const warnings = listRealmWarnings(realm, input.registryUrl, await view.findAddresses(realm.hostname));
  return done(steps, clock === null ? warnings : [...warnings, clock]);
}

/** The token service is asked at the address that clients are sent to. */
async function tryRealm(
  input: CheckInput,
  realm: URL,
): Promise<{ step: EnforcementStep; anonymousToken: string | null }> {
  const step = (outcome: EnforcementStep["outcome"], text: string): EnforcementStep => ({
    name: "realm",
    outcome,
    text,
  });
  const query: Record<string, string> = { service: input.service };
  if (input.hiddenRepository !== null) query.scope = `repository:${input.hiddenRepository}:pull`;
  try {
    const answer = await input.view.askRealm(realm, query, input.signal);
    const token = answer.status === 200 ? readToken(answer) : null;
    if (token !== null)
      return {
        step: step("passed", `Clients are sent to ${realm.href}, and it answers.`),
        anonymousToken: token,
      };
    const text = `Clients are sent to ${realm.href}, which answers ${answer.status}: nobody can get a token there.`;
    return { step: step("unknown", text), anonymousToken: null };
  } catch (error) {
    const text = `Clients are sent to ${realm.href}. From here it cannot be asked: ${sentenceOf(error)}`;
    return { step: step("unknown", text), anonymousToken: null };
  }
}

async function tryOwnToken(input: CheckInput): Promise<EnforcementStep> {
  const step = (outcome: EnforcementStep["outcome"], text: string): EnforcementStep => ({
    name: "own-token",
    outcome,
    text,
  });
  try {
    const answer = await input.view.ask("GET", "/v2/", input.ownToken, input.signal);
    if (answer.status === 200) return step("passed", "The registry believes a token of this console.");
    if (answer.status === 401)
      return step(
        "failed",
        "The registry does not believe a token of this console: it has another certificate or key, another issuer or service, or another time.",
      );
    return step("unknown", `With a token of this console /v2/ answers ${answer.status}.`);
  } catch (error) {
    return step("unknown", sentenceOf(error));
  }
}

async function tryAnonymousPull(input: CheckInput, token: string | null): Promise<EnforcementStep> {
  const step = (outcome: EnforcementStep["outcome"], text: string): EnforcementStep => ({
    name: "anonymous-pull",
    outcome,
    text,
  });
  const repository = input.hiddenRepository;
  if (repository === null)
    return step("unknown", "Grants let everybody pull every repository: there is none to try with.");
  try {
    for (const sent of token === null ? [undefined] : [undefined, token]) {
      const answer = await input.view.ask("GET", `/v2/${repository}/tags/list`, sent, input.signal);
      if (isRefusal(answer)) continue;
      const who = sent === undefined ? "without a token" : "with the token that anybody gets";
      if (answer.status === 200 || answer.status === 404)
        return step("failed", `${repository} can be read ${who}, though no grant says so.`);
      return step("unknown", `Reading ${repository} ${who} answers ${answer.status}.`);
    }
    return step("passed", `Reading ${repository} without a grant is refused.`);
  } catch (error) {
    return step("unknown", sentenceOf(error));
  }
}

async function tryForeignPush(input: CheckInput): Promise<EnforcementStep> {
  const step = (outcome: EnforcementStep["outcome"], text: string): EnforcementStep => ({
    name: "foreign-push",
    outcome,
    text,
  });
  if (input.state === "suspended")
    return step("failed", "Enforcement is suspended: whoever signs in may push everywhere.");
  const { view, strangerToken, signal } = input;
  const repository = input.hiddenRepository ?? "wharfinger-check";
  try {
    const answer = await view.ask("POST", `/v2/${repository}/blobs/uploads/`, strangerToken, signal);
    if (isRefusal(answer)) return step("passed", "A push by somebody without any grant is refused.");
    if (answer.status !== 202 && answer.status !== 201)
      return step("unknown", `A push by somebody without any grant is answered with ${answer.status}.`);
    await cancelUpload(view, answer.location, strangerToken);
    return step("failed", `Somebody without any grant could begin a push to ${repository}.`);
  } catch (error) {
    return step("unknown", sentenceOf(error));
  }
}

async function cancelUpload(view: OutsideView, location: string | null, token: string): Promise<void> {
  const url = location === null ? null : URL.parse(location, view.origin);
  if (url === null || url.origin !== view.origin) return;
  await view.ask("DELETE", url.pathname + url.search, token).catch(() => undefined);
}

function isRefusal({ status }: OutsideAnswer): boolean {
  return status === 401 || status === 403;
}

function readToken(answer: OutsideAnswer): string | null {
  try {
    const limits = { maxBytes: 1024 * 1024, maxDepth: 8 };
    const { token } = parseJsonObject(answer.body, "The token service's answer", limits);
    return typeof token === "string" && /^[\x21-\x7e]+$/.test(token) ? token : null;
  } catch {
    return null;
  }
}

const names: EnforcementStep["name"][] = [
  "challenge",
  "realm",
  "own-token",
  "anonymous-pull",
  "foreign-push",
];

function untriedSteps(steps: readonly EnforcementStep[]): EnforcementStep[] {
  return names
    .filter((name) => !steps.some((step) => step.name === name))
    .map((name) => ({ name, outcome: "unknown", text: "Not tried, because of an earlier step." }));
}

function sentenceOf(error: unknown): string {
  if (isRegistryError(error)) return error.message;
  throw error;
}
