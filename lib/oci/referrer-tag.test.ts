import { describe, expect, it } from "vitest";

import { digestOf } from "#lib/oci/digest";
import { isTag } from "#lib/oci/reference";
import { parseReferrerTag, referrersTagOf } from "#lib/oci/referrer-tag";

describe("referrer tags", () => {
  it("are made and recognised", () => {
    const digest = digestOf("x");
    const tag = referrersTagOf(digest);
    expect(tag).toBe(`sha256-${digest.slice(7)}`);
    expect(parseReferrerTag(tag)).toEqual({ subject: digest, kind: "referrers" });
    expect(parseReferrerTag(`${tag}.sig`)).toEqual({ subject: digest, kind: "signature" });
    expect(parseReferrerTag(`${tag}.att`)).toEqual({ subject: digest, kind: "attestation" });
    expect(parseReferrerTag(`${tag}.sbom`)).toEqual({ subject: digest, kind: "sbom" });
  });

  it("cut a sha512 digest short", () => {
    const tag = referrersTagOf(digestOf("x", "sha512"));
    expect(isTag(tag)).toBe(true);
    expect(tag).toHaveLength(71);
    expect(parseReferrerTag(tag)?.kind).toBe("referrers");
  });

  it("are not what only resembles them", () => {
    for (const tag of [
      "latest",
      "sha256-abc",
      `sha256-${"A".repeat(64)}`,
      `sha256-${"a".repeat(64)}.sigs`,
      `md5-${"a".repeat(64)}`,
    ]) {
      expect(parseReferrerTag(tag)).toBeNull();
    }
  });
});
