import type { Role } from "#lib/auth/permissions";

/** A role held everywhere (registryId null), for one registry, or for a repository pattern in it. */
export interface Binding {
  role: Role;
  registryId: number | null;
  pattern: string | null;
}

export interface Principal {
  kind: "user" | "api-key" | "system" | "nobody";
  id: string | null;
  /** How audit rows and pages name them. */
  name: string;
  bindings: readonly Binding[];
  /** Set when they came with a session cookie. */
  sessionId: string | null;
}

/** Who asks, from where, and when: the first argument of every service verb. */
export interface Context {
  principal: Principal;
  requestId: string;
  now: Date;
  address: string | null;
  agent: string | null;
}

export const nobody: Principal = { kind: "nobody", id: null, name: "nobody", bindings: [], sessionId: null };

/** The console acting by itself: jobs, start-up, commands. */
export function createSystemContext(name: string, now = new Date()): Context {
  return {
    principal: {
      kind: "system",
      id: null,
      name,
      bindings: [{ role: "admin", registryId: null, pattern: null }],
      sessionId: null,
    },
    requestId: `system-${crypto.randomUUID()}`,
    now,
    address: null,
    agent: null,
  };
}
