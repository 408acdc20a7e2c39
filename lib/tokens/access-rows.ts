import type { EnforcementState } from "#lib/enforcement/schema";

/** Rows of the access tables as they are read into memory; times in milliseconds. */
export interface PrincipalRecord {
  id: string;
  kind: "user" | "group" | "robot" | "workload" | "built-in";
  /** The login of a user. */
  name: string;
  userId: string | null;
  /** Switched off, deleted, or a person whose account is. */
  disabled: boolean;
  groups: readonly string[];
  groupsAtMs: number | null;
}

export interface SecretRecord {
  id: string;
  principalId: string;
  hash: string;
  expiresAtMs: number | null;
  revoked: boolean;
}

export interface TrustRecord {
  id: string;
  principalId: string;
  issuer: string;
  audience: string;
  subjectPattern: string;
  claims: Readonly<Record<string, string>>;
  revoked: boolean;
}

export interface GrantRecord {
  id: string;
  principalId: string;
  registryId: number;
  pattern: string | null;
  actions: readonly string[];
  expiresAtMs: number | null;
  revoked: boolean;
}

export interface RegistryRecord {
  id: number;
  slug: string;
  tokenMode: "certificate" | "jwks" | "key";
  enforcement: EnforcementState;
  disconnected: boolean;
  protectedPatterns: readonly string[];
  pushers: readonly { pattern: string; principalId: string }[];
}

export interface SigningKeyRecord {
  id: string;
  registryId: number;
  kid: string;
  publicJwk: { kty: string; crv: string; x: string; y: string };
  privateCipher: string;
  rootPem: string | null;
  leafPem: string | null;
  leafExpiresAtMs: number | null;
  state: "next" | "current" | "retired";
}

/** Everything, or what has changed after a version. */
export interface AccessRows {
  version: number;
  /** Whether these rows are all there are: what is not among them is gone. */
  complete: boolean;
  principals: PrincipalRecord[];
  secrets: SecretRecord[];
  trustRules: TrustRecord[];
  grants: GrantRecord[];
  registries: RegistryRecord[];
  signingKeys: SigningKeyRecord[];
}
