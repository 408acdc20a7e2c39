import { parsePattern } from "#lib/auth/pattern";
import {
  type AccessSubject,
  everyoneId,
  type GrantRule,
  groupsLastMs,
  type ProtectionRule,
  signedInId,
} from "#lib/grants/rules";
import type {
  AccessRows,
  GrantRecord,
  PrincipalRecord,
  RegistryRecord,
  SecretRecord,
  SigningKeyRecord,
  TrustRecord,
} from "#lib/tokens/access-rows";
import { PatternIndex } from "#lib/tokens/pattern-index";
import type { HeldAccess } from "#lib/tokens/rules-decision";

interface HeldGrant {
  registryId: number;
  principalId: string;
  rule: GrantRule;
}

/**
 * Everything that decides about access, in memory, as of one version of access. It changes in place: use it before
 * the next await, and ask for a fresh one after.
 */
export class AccessSnapshot {
  /** Zero before anything was read. */
  version = 0;
  readonly #principals = new Map<string, PrincipalRecord>();
  readonly #principalIds = new Map<string, string>();
  readonly #secrets = new Map<string, SecretRecord>();
  readonly #secretHashes = new Map<string, string>();
  readonly #trustRules = new Map<string, TrustRecord>();
  readonly #grants = new Map<string, HeldGrant>();
  readonly #indexes = new Map<number, Map<string, PatternIndex>>();
  readonly #registries = new Map<number, RegistryRecord & { held: HeldAccess }>();
  readonly #registryIds = new Map<string, number>();
  readonly #signingKeys = new Map<string, SigningKeyRecord>();
  /** Subjects of this version that hold for as long as no group grows stale. */
  readonly #subjects = new Map<string, { subject: AccessSubject; untilMs: number }>();

  apply(rows: AccessRows): void {
    if (rows.complete) this.#clear();
    this.#subjects.clear();
    for (const row of rows.principals) this.#setPrincipal(row);
    for (const row of rows.secrets) this.#setSecret(row);
    for (const row of rows.trustRules)
      if (row.revoked) this.#trustRules.delete(row.id);
      else this.#trustRules.set(row.id, row);
    for (const row of rows.registries) this.#setRegistry(row);
    for (const row of rows.grants) this.#setGrant(row);
    for (const row of rows.signingKeys) this.#signingKeys.set(row.id, row);
    this.version = rows.version;
  }

  /** A connected registry; the service of a token is its slug. */
  findRegistry(slug: string): (RegistryRecord & { held: HeldAccess }) | null {
    const id = this.#registryIds.get(slug);
    return id === undefined ? null : this.findRegistryById(id);
  }

  findRegistryById(id: number): (RegistryRecord & { held: HeldAccess }) | null {
    const registry = this.#registries.get(id);
    return registry === undefined || registry.disconnected ? null : registry;
  }

  findPrincipal(id: string): PrincipalRecord | null {
    return this.#principals.get(id) ?? null;
  }

  findPrincipalByName(kind: PrincipalRecord["kind"], name: string): PrincipalRecord | null {
    const id = this.#principalIds.get(`${kind}:${name}`);
    return id === undefined ? null : this.findPrincipal(id);
  }

  listPrincipals(): Iterable<PrincipalRecord> {
    return this.#principals.values();
  }

  findSecretByHash(hash: string): SecretRecord | null {
    const id = this.#secretHashes.get(hash);
    return id === undefined ? null : this.findSecret(id);
  }

  findSecret(id: string): SecretRecord | null {
    return this.#secrets.get(id) ?? null;
  }

  findTrustRule(id: string): TrustRecord | null {
    return this.#trustRules.get(id) ?? null;
  }

  listTrustRules(issuer: string): TrustRecord[] {
    return [...this.#trustRules.values()].filter((rule) => rule.issuer === issuer);
  }

  listSigningKeys(registryId: number): SigningKeyRecord[] {
    return [...this.#signingKeys.values()].filter((key) => key.registryId === registryId);
  }

  findCurrentKey(registryId: number): SigningKeyRecord | null {
    for (const key of this.#signingKeys.values())
      if (key.registryId === registryId && key.state === "current") return key;
    return null;
  }

  /** The grants of one principal in a registry, expired ones too. */
  *listGrants(registryId: number, principalId: string): Iterable<GrantRule> {
    const index = this.#indexes.get(registryId)?.get(principalId);
    if (index) yield* index.all();
  }

  /** Who has any grant in the registry. */
  listGrantees(registryId: number): string[] {
    return [...(this.#indexes.get(registryId)?.keys() ?? [])];
  }

  /** Whose grants count for a principal now; null when it is unknown or switched off. Null id: nobody signed in. */
  findSubject(principalId: string | null, nowMs: number): AccessSubject | null {
    const key = principalId ?? "";
    const known = this.#subjects.get(key);
    if (known !== undefined && nowMs < known.untilMs) return known.subject;
    const ids = new Set<string>();
    let untilMs = Number.POSITIVE_INFINITY;
    if (principalId !== null) {
      const principal = this.#principals.get(principalId);
      if (principal === undefined || principal.disabled) return null;
      ids.add(principal.id);
      untilMs = this.#addGroups(principal, nowMs, ids);
      this.#addLive(signedInId, ids);
    }
    this.#addLive(everyoneId, ids);
    const subject = { principalIds: ids };
    if (this.#subjects.size >= 20_000) this.#subjects.clear();
    this.#subjects.set(key, { subject, untilMs });
    return subject;
  }

  /** Adds the groups of a person while they are fresh; returns until when that stays so. */
  #addGroups(principal: PrincipalRecord, nowMs: number, ids: Set<string>): number {
    if (principal.groupsAtMs === null || principal.groups.length === 0) return Number.POSITIVE_INFINITY;
    const untilMs = principal.groupsAtMs + groupsLastMs;
    if (nowMs >= untilMs) return Number.POSITIVE_INFINITY;
    for (const name of principal.groups) {
      const id = this.#principalIds.get(`group:${name}`);
      if (id !== undefined) this.#addLive(id, ids);
    }
    return untilMs;
  }

  #addLive(id: string, ids: Set<string>): void {
    if (this.#principals.get(id)?.disabled === false) ids.add(id);
  }

  #clear(): void {
    for (const map of [
      this.#principals,
      this.#principalIds,
      this.#secrets,
      this.#secretHashes,
      this.#trustRules,
      this.#grants,
      this.#indexes,
      this.#registries,
      this.#registryIds,
      this.#signingKeys,
    ])
      map.clear();
  }

  #setPrincipal(row: PrincipalRecord): void {
    const before = this.#principals.get(row.id);
    if (before && before.name !== row.name && this.#principalIds.get(nameOf(before)) === row.id)
      this.#principalIds.delete(nameOf(before));
    this.#principals.set(row.id, row);
    this.#principalIds.set(nameOf(row), row.id);
  }

  #setSecret(row: SecretRecord): void {
    const before = this.#secrets.get(row.id);
    if (before && before.hash !== row.hash) this.#secretHashes.delete(before.hash);
    this.#secrets.set(row.id, row);
    this.#secretHashes.set(row.hash, row.id);
  }

  #setRegistry(row: RegistryRecord): void {
    const before = this.#registries.get(row.id);
    if (before && before.slug !== row.slug && this.#registryIds.get(before.slug) === row.id)
      this.#registryIds.delete(before.slug);
    const held: HeldAccess = {
      protections: prepareProtections(row),
      grantsFor: (subject, repository) => this.#collect(row.id, subject, repository),
      catalogGrantsFor: (subject) => this.#collectCatalog(row.id, subject),
    };
    this.#registries.set(row.id, { ...row, held });
    this.#registryIds.set(row.slug, row.id);
  }

  #collect(registryId: number, subject: AccessSubject, repository: string): GrantRule[] {
    const found: GrantRule[] = [];
    const indexes = this.#indexes.get(registryId);
    if (indexes) for (const id of subject.principalIds) indexes.get(id)?.collect(repository, found);
    return found;
  }

  #collectCatalog(registryId: number, subject: AccessSubject): GrantRule[] {
    const indexes = this.#indexes.get(registryId);
    return [...subject.principalIds].flatMap((id) => indexes?.get(id)?.catalog ?? []);
  }

  #setGrant(row: GrantRecord): void {
    const before = this.#grants.get(row.id);
    if (before) {
      this.#grants.delete(row.id);
      const indexes = this.#indexes.get(before.registryId);
      const index = indexes?.get(before.principalId);
      index?.remove(before.rule);
      if (index?.size === 0) indexes?.delete(before.principalId);
    }
    const pattern = row.pattern === null ? null : parsePattern(row.pattern);
    // A pattern that cannot be read grants nothing; it must not be taken for the grant of the catalogue.
    if (row.revoked || (row.pattern !== null && pattern === null)) return;
    const { id, principalId, actions, expiresAtMs } = row;
    const rule: GrantRule = { id, principalId, pattern, actions, expiresAtMs };
    this.#grants.set(id, { registryId: row.registryId, principalId, rule });
    const indexes = this.#indexes.get(row.registryId) ?? new Map<string, PatternIndex>();
    this.#indexes.set(row.registryId, indexes);
    const index = indexes.get(principalId) ?? new PatternIndex();
    indexes.set(principalId, index);
    index.add(rule);
  }
}

function nameOf({ kind, name }: PrincipalRecord): string {
  return `${kind}:${name}`;
}

/** A protected pattern that names nobody shuts everybody out; pushers of a pattern that is not protected say nothing. */
function prepareProtections(row: RegistryRecord): ProtectionRule[] {
  return row.protectedPatterns.flatMap((text) => {
    const pattern = parsePattern(text);
    if (pattern === null) return [];
    const pushers = row.pushers.filter((pusher) => pusher.pattern === text);
    return [{ pattern, pusherIds: new Set(pushers.map(({ principalId }) => principalId)) }];
  });
}
