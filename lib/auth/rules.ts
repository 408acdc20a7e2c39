import type { Binding, Principal } from "#lib/auth/context";
import { matchesPattern } from "#lib/auth/pattern";
import { type Permission, permissionTable, type Role } from "#lib/auth/permissions";

export interface Target {
  registryId: number;
  /** Absent when the permission is about the registry as a whole. */
  repository?: string;
}

/** Where a permission is held: everywhere, or in these registries and patterns. */
export type Scope =
  | { everywhere: true }
  | { everywhere: false; rules: readonly { registryId: number | null; pattern: string | null }[] };

function bindingsFor(principal: Principal, permission: Permission): Binding[] {
  const allowed: readonly Role[] = permissionTable[permission];
  return principal.bindings.filter((binding) => allowed.includes(binding.role));
}

/** Without a target: held everywhere. With a registry: held there as a whole. With a repository: held for it. */
export function isPermitted(principal: Principal, permission: Permission, target?: Target): boolean {
  return bindingsFor(principal, permission).some((binding) => {
    if (binding.registryId === null && binding.pattern === null) return true;
    if (!target) return false;
    if (binding.registryId !== null && binding.registryId !== target.registryId) return false;
    if (binding.pattern === null) return true;
    return target.repository !== undefined && matchesPattern(binding.pattern, target.repository);
  });
}

/** Whether the permission is held for anything at all. */
export function isPermittedSomewhere(principal: Principal, permission: Permission): boolean {
  return bindingsFor(principal, permission).length > 0;
}

/** Whether the principal may know that the registry exists: any binding that reaches into it. */
export function canSeeRegistry(principal: Principal, registryId: number): boolean {
  return bindingsFor(principal, "registries.read").some(
    (binding) => binding.registryId === null || binding.registryId === registryId,
  );
}

export function evaluateScope(principal: Principal, permission: Permission): Scope {
  const bindings = bindingsFor(principal, permission);
  if (bindings.some((binding) => binding.registryId === null && binding.pattern === null))
    return { everywhere: true };
  return {
    everywhere: false,
    rules: bindings.map(({ registryId, pattern }) => ({ registryId, pattern })),
  };
}
