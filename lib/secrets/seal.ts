import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { MasterKeyError, type MasterKeys } from "#lib/secrets/master-key";

const format = "v1";

/**
 * AES-256-GCM under the current master key: `v1.<key id>.<nonce>.<ciphertext and tag>`. The purpose is bound in, so
 * a sealed value cannot be passed off as one of another purpose.
 */
export function seal(keys: MasterKeys, purpose: string, plaintext: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keys.current.sealing, nonce);
  cipher.setAAD(Buffer.from(`${format}:${keys.current.id}:${purpose}`));
  const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [format, keys.current.id, nonce.toString("base64url"), body.toString("base64url")].join(".");
}

/** Throws MasterKeyError when the key is not known here, or the value was changed. */
export function open(keys: MasterKeys, purpose: string, sealed: string): string {
  const [version, keyId = "", nonceText = "", bodyText = "", ...rest] = sealed.split(".");
  const nonce = Buffer.from(nonceText, "base64url");
  const body = Buffer.from(bodyText, "base64url");
  if (version !== format || rest.length > 0 || nonce.length !== 12 || body.length < 16)
    throw new MasterKeyError("A sealed value in the database is damaged: it has not the form of one.");
  const key = keys.byId.get(keyId);
  if (!key)
    throw new MasterKeyError(
      `A stored secret was sealed with another master key (${keyId}). Start with the key of then: as WHARFINGER_MASTER_KEY, or as WHARFINGER_MASTER_KEY_PREVIOUS beside the new one.`,
    );
  const decipher = createDecipheriv("aes-256-gcm", key.sealing, nonce, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(`${format}:${key.id}:${purpose}`));
  decipher.setAuthTag(body.subarray(-16));
  try {
    return decipher.update(body.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
  } catch {
    throw new MasterKeyError("A sealed value in the database is damaged, or belongs to another purpose.");
  }
}

/** Id of the master key that sealed the value. */
export function readKeyId(sealed: string): string | null {
  return sealed.split(".")[1] ?? null;
}
