const minimumLength = 32;
const minimumDistinct = 10;
const knownWords = /change.?me|password|secret|default|example|wharfinger|0123456789|123456|abcdef|qwerty/gi;

/** Why a secret of the environment is too weak to start with, or null. */
export function findWeakness(secret: string): string | null {
  if (secret.length < minimumLength) return `must have at least ${minimumLength} characters`;
  // What a person typed to fill the field; the rest must still be long enough to be hard to guess.
  if (secret.replace(knownWords, "").length < minimumLength / 2)
    return "must be random, not made of known words";
  if (new Set(secret).size < minimumDistinct) return "must be random, not a few characters repeated";
  return null;
}
