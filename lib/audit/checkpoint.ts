import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { type MasterKey, type MasterKeys, readMasterKeys } from "#lib/secrets/master-key";

/** A statement, outside the database, that the chain had this hash at this link. */
export interface Checkpoint {
  seq: bigint;
  /** Hexadecimal. */
  hash: string;
  at: Date;
  /** Of the master key that it was signed under. */
  keyId: string;
}

const lineSchema = z.object({
  seq: z.string().regex(/^\d{1,18}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  key: z.string().regex(/^[0-9a-f]{12}$/),
  signature: z.base64url(),
});

/** One line of JSON, signed with a key that only who has the master key can make: the database does not hold it. */
export function formatCheckpoint(checkpoint: Omit<Checkpoint, "keyId">): string {
  const { current } = readMasterKeys(process.env);
  const statement = { seq: String(checkpoint.seq), hash: checkpoint.hash, at: checkpoint.at.toISOString() };
  const signature = sign(null, signedText({ ...statement, key: current.id }), preparePrivateKey(current));
  return JSON.stringify({ ...statement, key: current.id, signature: signature.toString("base64url") });
}

export type CheckpointReading =
  | { kind: "good"; checkpoint: Checkpoint }
  /** Signed under a master key that was not given. */
  | { kind: "unknown-key"; keyId: string }
  | { kind: "broken" };

/** Reads a line of a checkpoint file and checks its signature with the current and previous master keys. */
export function readCheckpoint(
  line: string,
  keys: MasterKeys = readMasterKeys(process.env),
): CheckpointReading {
  const parsed = lineSchema.safeParse(parseJson(line));
  if (!parsed.success) return { kind: "broken" };
  const { seq, hash, at, key: keyId, signature } = parsed.data;
  const key = keys.byId.get(keyId);
  if (key === undefined) return { kind: "unknown-key", keyId };
  const isGood = verify(
    null,
    signedText({ seq, hash, at, key: keyId }),
    preparePublicKey(key),
    Buffer.from(signature, "base64url"),
  );
  if (!isGood) return { kind: "broken" };
  return { kind: "good", checkpoint: { seq: BigInt(seq), hash, at: new Date(at), keyId } };
}

function signedText({ seq, hash, at, key }: { seq: string; hash: string; at: string; key: string }): Buffer {
  return Buffer.from(["wharfinger audit checkpoint 1", seq, hash, at, key, ""].join("\n"));
}

// RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8.
const head = Buffer.from("302e020100300506032b657004220420", "hex");

function preparePrivateKey(key: MasterKey): KeyObject {
  return createPrivateKey({ key: Buffer.concat([head, key.checkpoints]), format: "der", type: "pkcs8" });
}

// A file holds a line for each minute: the key is made once for all of them.
const publicKeys = new WeakMap<MasterKey, KeyObject>();

function preparePublicKey(key: MasterKey): KeyObject {
  const known = publicKeys.get(key);
  if (known !== undefined) return known;
  const made = createPublicKey(preparePrivateKey(key));
  publicKeys.set(key, made);
  return made;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
