import type { Role } from "#lib/auth/permissions";

const rank: Role[] = ["admin", "engineer", "reviewer", "manager", "auditor", "viewer"];

/** One word for the roles somebody holds: the furthest-reaching, and whether there are more. */
export function describeRoles(held: readonly Role[]): string {
  const first = rank.find((role) => held.includes(role));
  if (!first) return "no role";
  const others = new Set(held).size - 1;
  return others > 0 ? `${first} + ${others}` : first;
}
