import { randomBytes, randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

// Argon2id is the library's default; the figures are OWASP's: 19 MiB, two passes, one lane.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFC"), cost);
}

let hashOfNobody: Promise<string> | null = null;

/** With no hash (an unknown login) it takes the same work and says no. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  hashOfNobody ??= hashPassword(randomBytes(24).toString("base64url"));
  const dummy = await hashOfNobody;
  const matches = await verify(stored ?? dummy, password.normalize("NFC"));
  return matches && stored !== null;
}

// No letters or digits that look alike: it is read off a screen and typed once.
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

/** A one-time password of about 99 random bits, in groups for the eye. */
export function generatePassword(): string {
  const group = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join("");
  return [group(), group(), group(), group()].join("-");
}
