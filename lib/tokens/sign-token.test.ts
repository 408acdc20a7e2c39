import { generateKeyPairSync, randomBytes } from "node:crypto";
import { decodeProtectedHeader, jwtVerify } from "jose";
import { describe, expect, it, vi } from "vitest";
import { sealSecret } from "#lib/secrets/service";
import { signToken } from "#lib/tokens/sign-token";

vi.stubEnv("WHARFINGER_MASTER_KEY", randomBytes(32).toString("base64"));

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = {
  id: "key",
  registryId: 1,
  kid: "the-kid",
  publicJwk: { kty: "EC", crv: "P-256", x: "", y: "" },
  privateCipher: sealSecret("signing-key", privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
  rootPem: null,
  leafPem: null,
  leafExpiresAtMs: null,
  state: "current",
} as const;

describe("a signed token", () => {
  // One signature in a hundred or so has an integer that is shorter or longer than the rest.
  it("is believed by another library, 2,000 times of 2,000", async () => {
    const issuedAtSeconds = Math.floor(Date.now() / 1000);
    const access = [{ type: "repository", name: "team/app", actions: ["pull"] }];
    const content = { issuer: "https://console.example", subject: "robot:ci", access, issuedAtSeconds };
    for (let round = 0; round < 2_000; round++) {
      const token = signToken(key, { slug: "local", tokenMode: "jwks" }, content);
      const { payload } = await jwtVerify(token, publicKey, {
        issuer: "https://console.example",
        audience: "local",
        algorithms: ["ES256"],
      });
      expect(payload.access).toEqual(access);
    }
    const token = signToken(key, { slug: "local", tokenMode: "jwks" }, content);
    expect(decodeProtectedHeader(token)).toEqual({ alg: "ES256", typ: "JWT", kid: "the-kid" });
  });
});
