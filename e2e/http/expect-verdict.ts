import { type Permission, permissionTable, type Role } from "#lib/auth/permissions";
import type { RouteAccess } from "#lib/http/define-route";
import type { HeldRole, Identity } from "./identities.ts";
import type { Tenant, TenantRepository } from "./tenants.ts";

/** What a call is about: the console as a whole, whatever one may see, a registry, or a repository. */
export type MatrixTarget =
  | { kind: "anything" }
  | { kind: "console" }
  /** Somebody else's, which exists only for who holds this permission everywhere. */
  | { kind: "hidden"; seenWith: Permission }
  /** A part of it is enough to read about it: they are told what they see of it. */
  | { kind: "registry"; tenant: Pick<Tenant, "id">; inPart?: true }
  | { kind: "repository"; tenant: Pick<Tenant, "id">; repository: Pick<TenantRepository, "name"> };

export type Verdict = "permitted" | number;

/**
 * The oracle: what an identity must be answered, from the permission table alone. It shares no code with what it
 * judges, except for the table itself.
 */
export function expectVerdict(access: RouteAccess, target: MatrixTarget, identity: Identity): Verdict {
  if (access === "public") return "permitted";
  if (!identity.authenticated) return 401;
  if (access === "signed-in") return "permitted";
  const held = identity.held.filter(({ role }) => allows(access, role));
  if (target.kind === "hidden") {
    if (held.some(isEverywhere)) return "permitted";
    return identity.held.some((one) => allows(target.seenWith, one.role) && isEverywhere(one)) ? 403 : 404;
  }
  if (held.length === 0) return 403;
  if (held.some((one) => covers(one, target))) return "permitted";
  return isVisible(identity, target) ? 403 : 404;
}

function allows(permission: Permission, role: Role): boolean {
  return (permissionTable[permission] as readonly Role[]).includes(role);
}

function covers(held: HeldRole, target: MatrixTarget): boolean {
  if (target.kind === "anything") return true;
  if (target.kind === "console" || target.kind === "hidden") return isEverywhere(held);
  if (held.registryId !== null && held.registryId !== target.tenant.id) return false;
  if (held.pattern === null || (target.kind === "registry" && target.inPart)) return true;
  return target.kind === "repository" && matches(held.pattern, target.repository.name);
}

function isEverywhere(held: HeldRole): boolean {
  return held.registryId === null && held.pattern === null;
}

function isVisible(identity: Identity, target: MatrixTarget): boolean {
  if (target.kind !== "registry" && target.kind !== "repository") return true;
  return identity.held.some((held) =>
    target.kind === "registry"
      ? allows("registries.read", held.role) && canSeeInto(held, target.tenant)
      : allows("repositories.read", held.role) && covers(held, target),
  );
}

export function canSeeInto(held: HeldRole, tenant: Pick<Tenant, "id">): boolean {
  return held.registryId === null || held.registryId === tenant.id;
}

export function canRead(identity: Identity, tenant: Tenant, repository: TenantRepository): boolean {
  return identity.held.some((held) => covers(held, { kind: "repository", tenant, repository }));
}

/** As the documentation says it; only the two forms that the tests hold roles for. */
function matches(pattern: string, name: string): boolean {
  const head = pattern.replace(/\*+$/, "");
  if (!name.startsWith(head)) return false;
  return pattern.endsWith("/**") || !name.slice(head.length).includes("/");
}
