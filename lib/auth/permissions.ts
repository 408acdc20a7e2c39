export const roles = ["viewer", "engineer", "reviewer", "manager", "auditor", "admin"] as const;
export type Role = (typeof roles)[number];

const everyone = roles;

/** The one table of what each role may do. docs/permissions.md is checked against it. */
export const permissionTable = {
  "registries.read": everyone,
  "registries.write": ["admin"],
  "registries.sync": ["engineer", "admin"],
  "repositories.read": everyone,
  "tags.write": ["engineer", "admin"],
  "tags.delete": ["engineer", "admin"],
  "manifests.delete": ["engineer", "admin"],
  "audit.read": ["auditor", "admin"],
  "people.read": ["auditor", "admin"],
  "people.write": ["admin"],
  "teams.read": everyone,
  "teams.write": ["admin"],
  "api-keys.read": ["auditor", "admin"],
  "api-keys.write": ["admin"],
  "sessions.read": ["auditor", "admin"],
  "sessions.write": ["admin"],
  "access.read": ["engineer", "reviewer", "auditor", "admin"],
  "access.write": ["engineer", "admin"],
  "protections.write": ["admin"],
  "enforcement.write": ["admin"],
  "failures.read": everyone,
  "failures.write": ["engineer", "admin"],
  "activity.read": everyone,
  "sources.read": ["engineer", "reviewer", "auditor", "admin"],
  "sources.write": ["admin"],
  "alerts.read": ["engineer", "reviewer", "auditor", "admin"],
  "alerts.write": ["admin"],
  "networks.read": ["auditor", "admin"],
  "networks.write": ["admin"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissionTable;
