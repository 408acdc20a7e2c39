import type { Principal } from "#lib/auth/context";
import { isPermitted, isPermittedSomewhere } from "#lib/auth/rules";

/** Which settings pages somebody may open; their own account always. */
export function listSettingsTabs(principal: Principal) {
  return [
    "account" as const,
    ...(isPermittedSomewhere(principal, "people.read") ? (["people"] as const) : []),
    ...(isPermittedSomewhere(principal, "teams.read") ? (["teams"] as const) : []),
    ...(isPermittedSomewhere(principal, "api-keys.read") ? (["api-keys"] as const) : []),
    ...(isPermittedSomewhere(principal, "sessions.read") ? (["sessions"] as const) : []),
    // Rules are of the whole console: a role for a part of it reads none.
    ...(isPermitted(principal, "alerts.read") ? (["alerts"] as const) : []),
    ...(isPermittedSomewhere(principal, "networks.read") ? (["networks"] as const) : []),
  ];
}
