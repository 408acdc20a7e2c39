import { createHmac, hkdfSync } from "node:crypto";

/** One master key, split by use: the same bytes never serve two purposes. */
export interface MasterKey {
  /** Tells which key sealed a value, without telling anything about the key. */
  id: string;
  sealing: Buffer;
  /** The private key that signs checkpoints of the audit. */
  checkpoints: Buffer;
}

export interface MasterKeys {
  /** Seals everything new. */
  current: MasterKey;
  /** Current and previous keys by id: what may still be opened while a rotation is under way. */
  byId: ReadonlyMap<string, MasterKey>;
}

export class MasterKeyError extends Error {
  override readonly name = "MasterKeyError";
}

const minimumLength = 32;

export function createMasterKey(text: string): MasterKey {
  if (text.length < minimumLength)
    throw new MasterKeyError(`WHARFINGER_MASTER_KEY must have at least ${minimumLength} characters.`);
  return {
    id: createHmac("sha256", text).update("wharfinger/key-id").digest("hex").slice(0, 12),
    sealing: Buffer.from(hkdfSync("sha256", text, "", "wharfinger/seal", 32)),
    checkpoints: Buffer.from(hkdfSync("sha256", text, "", "wharfinger/audit-checkpoints", 32)),
  };
}

/** The keys of an environment: WHARFINGER_MASTER_KEY, and WHARFINGER_MASTER_KEY_PREVIOUS while rotating. */
export function readMasterKeys(environment: Record<string, string | undefined>): MasterKeys {
  const text = environment.WHARFINGER_MASTER_KEY?.trim();
  if (!text)
    throw new MasterKeyError(
      "WHARFINGER_MASTER_KEY is not set: without it, stored credentials can be neither sealed nor opened.",
    );
  const current = createMasterKey(text);
  const previous = (environment.WHARFINGER_MASTER_KEY_PREVIOUS ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map(createMasterKey);
  return { current, byId: new Map([...previous, current].map((key) => [key.id, key])) };
}
