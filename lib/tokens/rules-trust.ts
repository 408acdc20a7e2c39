import type { TrustRecord } from "#lib/tokens/access-rows";

/** What a verified token says that a trust rule looks at. */
export interface TrustedClaims {
  issuer: string;
  subject: string;
  audiences: readonly string[];
  all: Readonly<Record<string, unknown>>;
}

/** Whether a token stands for the principal of the rule. The signature and times were checked before. */
export function matchesTrustRule(
  rule: Omit<TrustRecord, "id" | "principalId">,
  claims: TrustedClaims,
): boolean {
  return (
    !rule.revoked &&
    rule.issuer === claims.issuer &&
    claims.audiences.includes(rule.audience) &&
    matchesSubject(rule.subjectPattern, claims.subject) &&
    Object.entries(rule.claims).every(([name, value]) => equalsClaim(claims.all, name, value))
  );
}

function equalsClaim(all: Readonly<Record<string, unknown>>, name: string, value: string): boolean {
  const claim = Object.hasOwn(all, name) ? all[name] : undefined;
  if (typeof claim === "string") return claim === value;
  return (typeof claim === "boolean" || typeof claim === "number") && String(claim) === value;
}

const longestSubject = 1_000;
const star = "*";
const anything = "**";

/**
 * A subject is matched as a whole: `*` stands for any characters but slash and colon, `**` for any. All ways to match
 * are followed at once, so that no pattern takes long, whatever the subject.
 */
export function matchesSubject(pattern: string, subject: string): boolean {
  if (subject === "" || subject.length > longestSubject) return false;
  // Most rules of an issuer are about others, and that shows before the first star.
  const literal = pattern.indexOf(star);
  if (literal === -1) return subject === pattern;
  if (!subject.startsWith(pattern.slice(0, literal))) return false;
  const steps = pattern.match(/\*\*|./gs) ?? [];
  let places = new Uint8Array(steps.length + 1);
  places[0] = 1;
  skipEmptyStars(steps, places);
  for (const letter of subject.split("")) {
    const next = new Uint8Array(steps.length + 1);
    for (let place = 0; place < steps.length; place++) {
      if (places[place] === 0) continue;
      const step = steps[place];
      if (step === anything || (step === star && letter !== "/" && letter !== ":")) next[place] = 1;
      else if (step === letter && step !== star) next[place + 1] = 1;
    }
    skipEmptyStars(steps, next);
    places = next;
  }
  return places[steps.length] === 1;
}

/** A star may also stand for nothing. */
function skipEmptyStars(steps: readonly string[], places: Uint8Array): void {
  for (let place = 0; place < steps.length; place++)
    if (places[place] === 1 && (steps[place] === star || steps[place] === anything)) places[place + 1] = 1;
}
