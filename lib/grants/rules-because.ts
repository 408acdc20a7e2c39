import { parsePattern } from "#lib/auth/pattern";
import { listWiderPatterns, patternContains, patternsOverlap } from "#lib/auth/pattern-overlap";
import { formatDay, formatHolder } from "#lib/grants/format-grant";
import { actionsOf, evaluate, type GrantRule } from "#lib/grants/rules";
import { type AccessAction, type AccessCheck, accessActions } from "#lib/grants/schema";

/** A grant with the words that explain it. */
export interface HeldGrant {
  id: string;
  principalId: string;
  pattern: string | null;
  actions: readonly string[];
  expiresAt: Date | null;
  principal: { kind: string; name: string };
}

export interface ExplainedSubject {
  id: string | null;
  kind: string;
  name: string;
  principalIds: ReadonlySet<string>;
  isDisabled: boolean;
  hasStaleGroups: boolean;
}

export interface ExplainedProtection {
  text: string;
  pusherIds: ReadonlySet<string>;
}

export interface Because {
  grantId: string | null;
  text: string;
}

export function toRules(grants: readonly HeldGrant[]): GrantRule[] {
  return grants.flatMap((grant) => {
    const pattern = grant.pattern === null ? null : parsePattern(grant.pattern);
    // A pattern that is none must not be read as the grant of the catalogue.
    if (grant.pattern !== null && pattern === null) return [];
    return [{ ...grant, pattern, expiresAtMs: grant.expiresAt?.getTime() ?? null }];
  });
}

export function toProtectionRules(protections: readonly ExplainedProtection[]) {
  return protections.flatMap(({ text, pusherIds }) => {
    const pattern = parsePattern(text);
    return pattern ? [{ pattern, pusherIds }] : [];
  });
}

export interface RepositoryAccess {
  actions: AccessAction[];
  withheld: AccessAction[];
  because: Because[];
  /** When the first of these grants ends. */
  expiresAt: Date | null;
}

/** What the subject may do to a repository, and by which grants: as the token endpoint judges it. */
export function explainRepository(
  grants: readonly HeldGrant[],
  protections: readonly ExplainedProtection[],
  subject: ExplainedSubject,
  repository: string,
  now: Date,
): RepositoryAccess {
  if (subject.isDisabled) return { actions: [], withheld: [], because: [], expiresAt: null };
  const found = evaluate(toRules(grants), toProtectionRules(protections), subject, repository, now.getTime());
  const byId = new Map(grants.map((grant) => [grant.id, grant]));
  const used = new Map<string, AccessAction[]>();
  for (const [action, id] of found.grantOf) used.set(id, [...(used.get(id) ?? []), action]);
  const because: Because[] = [];
  for (const [id, actions] of used) {
    const grant = byId.get(id);
    if (grant) because.push({ grantId: id, text: `${listWords(actions)} by ${nameGrant(grant, subject)}.` });
  }
  const closed = found.withheld.length > 0 ? findClosing(protections, subject, repository) : null;
  if (closed)
    because.push({
      grantId: null,
      text: `${listWords(found.withheld)} withheld: ${closed} is protected, and ${formatHolder(subject)} is not named there.`,
    });
  const ends = [...used.keys()].flatMap((id) => byId.get(id)?.expiresAt ?? []);
  const first = ends.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
  return { actions: [...found.actions], withheld: [...found.withheld], because, expiresAt: first };
}

/** Whether one action is allowed, in a sentence. */
export function explainAction(
  grants: readonly HeldGrant[],
  protections: readonly ExplainedProtection[],
  subject: ExplainedSubject,
  place: { registry: string; repository: string },
  action: AccessAction,
  now: Date,
): AccessCheck {
  const who = formatHolder(subject);
  const what = `${action} ${place.repository} in ${place.registry}`;
  const refuse = (refusal: NonNullable<AccessCheck["refusal"]>, because: string) => ({
    allowed: false,
    because,
    grantId: null,
    refusal,
  });
  if (subject.isDisabled) return refuse("disabled", `${who} is disabled, and so gets nothing.`);
  const found = evaluate(
    toRules(grants),
    toProtectionRules(protections),
    subject,
    place.repository,
    now.getTime(),
  );
  const byId = new Map(grants.map((grant) => [grant.id, grant]));
  const grant = byId.get(found.grantOf.get(action) ?? "");
  if (grant)
    return {
      allowed: true,
      because: `${who} may ${what} by ${nameGrant(grant, subject)}.`,
      grantId: grant.id,
      refusal: null,
    };
  if (found.withheld.includes(action)) {
    const closed = findClosing(protections, subject, place.repository) ?? place.repository;
    return refuse(
      "protected",
      `A grant would let ${who} ${what}, but ${closed} is protected and ${who} is not named there.`,
    );
  }
  const expired = byId.get(found.expired.get(action) ?? "");
  if (expired?.expiresAt)
    return {
      allowed: false,
      because: `The grant for ${expired.pattern} that let ${who} ${what} expired on ${formatDay(expired.expiresAt)}.`,
      grantId: expired.id,
      refusal: "expired-grant",
    };
  const stale = subject.hasStaleGroups
    ? " Their groups count for 12 hours after a sign-in to the console, and that is over."
    : "";
  return refuse("no-grant", `No grant lets ${who} ${what}.${stale}`);
}

export interface PatternAccess extends RepositoryAccess {
  pattern: string;
}

/** What the subject may do, pattern by pattern, from its grants in one registry. Wider grants count in narrower ones. */
export function explainPatterns(
  grants: readonly HeldGrant[],
  protections: readonly ExplainedProtection[],
  subject: ExplainedSubject,
  now: Date,
): PatternAccess[] {
  if (subject.isDisabled) return [];
  const live = grants.filter(
    (grant) =>
      grant.pattern !== null &&
      subject.principalIds.has(grant.principalId) &&
      (grant.expiresAt === null || grant.expiresAt > now),
  );
  const byPattern = Map.groupBy(live, (grant) => grant.pattern ?? "");
  return [...byPattern.keys()].toSorted().map((pattern) => {
    const covering = listWiderPatterns(pattern).flatMap((wider) => byPattern.get(wider) ?? []);
    const held = accessActions.filter((action) =>
      covering.some((grant) => actionsOf(grant).includes(action)),
    );
    const touching = protections.filter(
      ({ text, pusherIds }) =>
        patternsOverlap(text, pattern) && ![...subject.principalIds].some((id) => pusherIds.has(id)),
    );
    const isClosed = touching.some(({ text }) => patternContains(text, pattern));
    const withheld: AccessAction[] = isClosed ? held.filter((action) => action !== "pull") : [];
    const because: Because[] = covering.map((grant) => ({
      grantId: grant.id,
      text: `${listWords(actionsOf(grant))} by ${nameGrant(grant, subject)}.`,
    }));
    if (held.some((action) => action !== "pull"))
      for (const { text } of touching)
        because.push({
          grantId: null,
          text: `Pull only in ${text}: it is protected, and ${formatHolder(subject)} is not named there.`,
        });
    const own = covering.filter((grant) => grant.pattern === pattern);
    const ends = own.map((grant) => grant.expiresAt);
    const last = ends.includes(null) ? null : (ends.toSorted((a, b) => Number(b) - Number(a))[0] ?? null);
    return {
      pattern,
      actions: held.filter((action) => !withheld.includes(action)),
      withheld,
      because,
      expiresAt: last,
    };
  });
}

function findClosing(
  protections: readonly ExplainedProtection[],
  subject: ExplainedSubject,
  repository: string,
): string | null {
  const found = protections.find(
    ({ text, pusherIds }) =>
      patternContains(text, repository) && ![...subject.principalIds].some((id) => pusherIds.has(id)),
  );
  return found?.text ?? null;
}

function nameGrant(grant: HeldGrant, subject: ExplainedSubject): string {
  const whose = grant.principalId === subject.id ? "" : ` to ${nameOther(grant.principal)}`;
  const until = grant.expiresAt === null ? "" : `, until ${formatDay(grant.expiresAt)}`;
  return `the grant for ${grant.pattern ?? "the catalogue"}${whose}${until}`;
}

function nameOther(principal: { kind: string; name: string }): string {
  const words = formatHolder(principal);
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

function listWords(actions: readonly AccessAction[]): string {
  const words = actions.join(", ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
