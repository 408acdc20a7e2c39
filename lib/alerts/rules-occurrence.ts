import { createHash } from "node:crypto";

/** Something that a rule is about and that is so now. */
export interface Occurrence {
  /** The same as long as it is about the same. */
  subject: string;
  /** Whether it may begin an alert; otherwise it only keeps one going. */
  starts: boolean;
  text: string;
  registry: string | null;
  repository: string | null;
  since: Date;
}

/** A short key of what an occurrence is about, however long the names in it are. */
export function hashSubject(...parts: readonly (string | number | null)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 32);
}
