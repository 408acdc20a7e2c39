import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { EnforcementCheck } from "#lib/enforcement/schema";
import type { Challenge } from "#lib/oci/challenge";

export type EnforcementStep = EnforcementCheck["steps"][number];

/** What the registry is expected to send its clients to. */
export interface ExpectedRealm {
  registryUrl: string;
  realm: string;
  service: string;
}

/** The answer to `/v2/` without credentials: does it send clients to a token service at all, and to ours? */
export function judgeChallenge(
  answer: { status: number; challenges: readonly Challenge[] },
  expected: ExpectedRealm,
): { steps: EnforcementStep[]; realm: URL | null } {
  const untried: EnforcementStep = {
    name: "realm",
    outcome: "unknown",
    text: "Not tried: the registry names no token service.",
  };
  if (answer.status === 200) {
    const text = "/v2/ answers without credentials: anybody may do anything that the registry can do.";
    return { steps: [{ name: "challenge", outcome: "failed", text }, untried], realm: null };
  }
  if (answer.status !== 401) {
    const text = `/v2/ answers ${answer.status}, which says nothing about who may do what.`;
    return { steps: [{ name: "challenge", outcome: "unknown", text }, untried], realm: null };
  }
  const bearer = answer.challenges.find((one) => one.scheme === "bearer");
  if (!bearer) {
    const scheme = answer.challenges[0]?.scheme ?? "no scheme";
    const text = `The registry asks for logins of its own (${scheme}), not for tokens of this console.`;
    return { steps: [{ name: "challenge", outcome: "failed", text }, untried], realm: null };
  }
  const steps: EnforcementStep[] = [
    { name: "challenge", outcome: "passed", text: "Without a token the registry refuses and asks for one." },
  ];
  const text = bearer.parameters.realm ?? "";
  const named = URL.parse(text);
  const service = bearer.parameters.service ?? "";
  if (named === null || !isOurRealm(named, expected)) {
    const problem = `The registry sends clients to ${named?.href ?? `"${text}"`}, not to ${expected.realm}.`;
    steps.push({ name: "realm", outcome: "failed", text: problem });
    return { steps, realm: null };
  }
  if (service !== expected.service) {
    const problem = `The registry calls itself "${service}"; as service it has to say ${expected.service}.`;
    steps.push({ name: "realm", outcome: "failed", text: problem });
    return { steps, realm: null };
  }
  return { steps, realm: named };
}

/** Ours, or our path at the registry's own host: that is what autoredirect and a proxy before both name. */
function isOurRealm(named: URL, { realm, registryUrl }: ExpectedRealm): boolean {
  const ours = new URL(realm);
  if (named.pathname !== ours.pathname || named.search !== "") return false;
  return named.origin === ours.origin || named.hostname === new URL(registryUrl).hostname;
}

/** On or off is said only when it was seen; everything else is unknown. */
export function summariseSteps(steps: readonly EnforcementStep[]): EnforcementCheck["seen"] {
  const outcome = (name: EnforcementStep["name"]) => steps.find((one) => one.name === name)?.outcome;
  const decisive: EnforcementStep["name"][] = ["challenge", "realm", "anonymous-pull", "foreign-push"];
  if (decisive.some((name) => outcome(name) === "failed")) return "off";
  const needed: EnforcementStep["name"][] = ["challenge", "foreign-push", "own-token"];
  return needed.every((name) => outcome(name) === "passed") ? "on" : "unknown";
}

/** What clients of today will make of a token service at this address. */
export function listRealmWarnings(
  realm: URL,
  registryUrl: string,
  /** What the realm's host name resolves to; empty when that is not known. */
  addresses: readonly string[],
): string[] {
  const registry = new URL(registryUrl);
  const warnings: string[] = [];
  if (registry.protocol === "https:" && realm.protocol === "http:")
    warnings.push(
      `The token service ${realm.origin} is plain http while the registry is https: crane, cosign and others refuse it, and secrets would travel unprotected.`,
    );
  else if (realm.protocol === "http:" && !isLocal(realm.hostname, addresses))
    warnings.push(
      `The token service ${realm.origin} is plain http: secrets and tokens travel unprotected. Put it behind https.`,
    );
  if (realm.hostname === registry.hostname) return warnings;
  const literal = bare(realm.hostname);
  if (isIP(literal) !== 0 && !isPublic(literal))
    warnings.push(
      `The token service is at the private address ${literal}, another host than the registry: crane and cosign refuse that. ${oneName}`,
    );
  else if (addresses.some(isLoopbackOrLinkLocal))
    warnings.push(
      `The name ${realm.hostname} leads to this machine itself and is not the registry's: oras refuses that. ${oneName}`,
    );
  else
    warnings.push(
      `The token service is at ${realm.host}, another host than the registry (${registry.host}). Most clients follow; ${oneNameLater}`,
    );
  return warnings;
}

const oneName = "Let a proxy serve both under the registry's name.";
const oneNameLater = "the safe way is one name, with a proxy that sends /api/token to this console.";

/** How far apart two clocks may be: zot allows nothing, distribution a minute. */
export function findClockWarning(
  registryDate: Date | null,
  now: Date,
  mode: "certificate" | "jwks" | "key",
): string | null {
  if (registryDate === null) return null;
  const seconds = Math.round((registryDate.getTime() - now.getTime()) / 1000);
  // The Date header has whole seconds, and the answer was on its way for a moment.
  if (Math.abs(seconds) <= (mode === "key" ? 2 : 30)) return null;
  const side = seconds > 0 ? "ahead of" : "behind";
  const effect =
    mode === "key"
      ? "zot allows no difference: tokens are refused too early or too late."
      : "Beyond a minute fresh tokens are refused, or old ones live longer.";
  return `The registry's clock is ${Math.abs(seconds)} seconds ${side} the console's. ${effect}`;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function isLocal(hostname: string, addresses: readonly string[]): boolean {
  const all = isIP(bare(hostname)) === 0 ? addresses : [bare(hostname)];
  return all.length > 0 && all.every((address) => ipaddr.process(address).range() === "loopback");
}

function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === "unicast";
}

function isLoopbackOrLinkLocal(address: string): boolean {
  return ["loopback", "linkLocal"].includes(ipaddr.process(address).range());
}
