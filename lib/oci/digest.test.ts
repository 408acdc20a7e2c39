import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createDigestVerifier, digestOf, isDigest, parseDigest, verifyDigest } from "#lib/oci/digest";

describe("digests", () => {
  it("R2: reads sha256 and sha512 by the exact grammar", () => {
    const sha256 = digestOf("x");
    const sha512 = digestOf("x", "sha512");
    expect(parseDigest(sha256)).toEqual({
      ok: true,
      digest: { algorithm: "sha256", encoded: sha256.slice(7) },
    });
    expect(parseDigest(sha512)).toEqual({
      ok: true,
      digest: { algorithm: "sha512", encoded: sha512.slice(7) },
    });
  });

  it.each([
    ["", /written algorithm:hex/],
    ["sha256", /written algorithm:hex/],
    ["sha256:", /written algorithm:hex/],
    [`sha256:${"a".repeat(63)}`, /exactly 64/],
    [`sha256:${"a".repeat(65)}`, /exactly 64/],
    [`sha256:${"A".repeat(64)}`, /exactly 64/],
    [`sha256:${"g".repeat(64)}`, /exactly 64/],
    [`sha512:${"a".repeat(64)}`, /exactly 128/],
    [`SHA256:${"a".repeat(64)}`, /written algorithm:hex/],
    [`md5:${"a".repeat(32)}`, /algorithm md5 is not supported/],
    [`sha256+b64u:${"a".repeat(43)}`, /algorithm sha256\+b64u is not supported/],
    ["multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8", /multihash\+base58/],
    [`sha256:${"a".repeat(64)}\n`, /written algorithm:hex/],
    [` sha256:${"a".repeat(64)}`, /written algorithm:hex/],
    [`sha256:sha256:${"a".repeat(64)}`, /written algorithm:hex/],
    [`sha256:${"a".repeat(100_000)}`, /too long/],
  ])("R2: says what is wrong with %.80j", (text, problem) => {
    const parsed = parseDigest(text);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.problem).toMatch(problem);
    expect(isDigest(text)).toBe(false);
  });

  it("R1: verifies whole and streamed bodies", () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom("sha256" as const, "sha512" as const),
        (bytes, algorithm) => {
          const digest = digestOf(bytes, algorithm);
          verifyDigest(bytes, digest, "it");
          const verifier = createDigestVerifier(digest, "it");
          for (const byte of bytes) verifier.update(Uint8Array.of(byte));
          verifier.finish();
          expect(() => verifyDigest(Uint8Array.of(...bytes, 0), digest, "it")).toThrow(/other bytes/);
        },
      ),
    );
  });
});
