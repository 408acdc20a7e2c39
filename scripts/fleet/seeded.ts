import { createCipheriv, createHash } from "node:crypto";

/** Bytes that look random and are the same for the same seed, everywhere. */
export function seededBytes(seed: string, size: number): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-128-ctr", key.subarray(0, 16), key.subarray(16)).update(Buffer.alloc(size));
}

/** A whole number from `low` to `high`, both included, the same for the same seed. */
export function seededNumber(seed: string, low: number, high: number): number {
  return low + (seededBytes(seed, 4).readUInt32BE() % (high - low + 1));
}

/** Hexadecimal digits such as a commit has. */
export function seededHex(seed: string, length: number): string {
  return seededBytes(seed, Math.ceil(length / 2))
    .toString("hex")
    .slice(0, length);
}
