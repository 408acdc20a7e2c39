import { join } from "node:path";

/** Who the journeys sign in as. Each has a file with its session, made once before them. */
export const people = {
  admin: { login: "admin", roles: [] },
  engineer: { login: "e2e-engineer", roles: [{ role: "engineer" }] },
  viewer: { login: "e2e-viewer", roles: [{ role: "viewer" }] },
  auditor: { login: "e2e-auditor", roles: [{ role: "auditor" }] },
  /** Sees one team's repositories and nothing else. */
  payments: {
    login: "e2e-payments",
    roles: [{ role: "viewer", registry: "pier", pattern: "prod/payments/**" }],
  },
} as const;

export type Who = keyof typeof people;

const folder = join(import.meta.dirname, "..", "..", "test-results", "sessions");

/** The file with the cookies of somebody who is signed in. */
export function stateOf(who: Who): string {
  return join(folder, `${who}.json`);
}
