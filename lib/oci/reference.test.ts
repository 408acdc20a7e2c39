import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatReference, isRegistryHost, isRepositoryName, isTag, parseReference } from "#lib/oci/reference";

const hex = "a".repeat(64);

describe("parseReference", () => {
  it.each([
    ["alpine", { registry: null, repository: "alpine", tag: null, digest: null }],
    ["team/api:v1.4", { registry: null, repository: "team/api", tag: "v1.4", digest: null }],
    ["localhost/api", { registry: "localhost", repository: "api", tag: null, digest: null }],
    [
      "localhost:5000/team/api:v1",
      { registry: "localhost:5000", repository: "team/api", tag: "v1", digest: null },
    ],
    ["r.example.com/a/b/c", { registry: "r.example.com", repository: "a/b/c", tag: null, digest: null }],
    [`a/b@sha256:${hex}`, { registry: null, repository: "a/b", tag: null, digest: `sha256:${hex}` }],
    [
      `r.io:443/a:t@sha256:${hex}`,
      { registry: "r.io:443", repository: "a", tag: "t", digest: `sha256:${hex}` },
    ],
    ["[::1]:5000/a:b", { registry: "[::1]:5000", repository: "a", tag: "b", digest: null }],
    ["a__b/c--d/e.f_g:_x", { registry: null, repository: "a__b/c--d/e.f_g", tag: "_x", digest: null }],
  ])("reads %s", (text, reference) => {
    expect(parseReference(text)).toEqual({ ok: true, reference });
    expect(formatReference(reference)).toBe(text);
  });

  it.each([
    ["", "reference"],
    ["My_Registry/app", "registry"],
    ["a/B", "repository"],
    ["a:", "tag"],
    ["a:.tag", "tag"],
    ["a:-tag", "tag"],
    [`a:${"t".repeat(129)}`, "tag"],
    ["a:b:c", "tag"],
    ["a//b", "repository"],
    ["a/", "repository"],
    ["/a", "repository"],
    ["a/../b", "repository"],
    ["a/%2e%2e/b", "repository"],
    ["a___b", "repository"],
    ["a..b", "repository"],
    ["-a", "repository"],
    ["a-", "repository"],
    ["a b", "repository"],
    ["a\0", "repository"],
    ["a\n", "repository"],
    ["ａ", "repository"],
    ["a".repeat(256), "repository"],
    ["a".repeat(900), "reference"],
    ["r.io:0/a", "registry"],
    ["r.io:70000/a", "registry"],
    ["r..io/a", "registry"],
    ["user@r.io/a", "digest"],
    ["a@sha256:short", "digest"],
    [`a@sha256:${"A".repeat(64)}`, "digest"],
    ["a@md5:abc", "digest"],
    ["a@", "digest"],
  ])("names what is wrong with %j", (text, field) => {
    expect(parseReference(text)).toMatchObject({ ok: false, field });
  });

  it("takes the first part as the registry where our own addresses do", () => {
    const parsed = parseReference("prod/team/api:v1", { registryFirst: true });
    expect(parsed).toMatchObject({
      ok: true,
      reference: { registry: "prod", repository: "team/api", tag: "v1" },
    });
    expect(parseReference("alpine", { registryFirst: true })).toMatchObject({ ok: false, field: "registry" });
  });

  it("accepts exactly the names that it formats", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aZ0/._-:@%[] "), maxLength: 30 }), (text) => {
        const parsed = parseReference(text);
        if (!parsed.ok) return;
        expect(formatReference(parsed.reference)).toBe(text);
        expect(isRepositoryName(parsed.reference.repository)).toBe(true);
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 2_000 },
    );
  });
});

describe("grammars", () => {
  it("T4: refuses names that only look like names", () => {
    const bad = [
      "..",
      "a/./b",
      "a/..",
      "A",
      "a\\b",
      "a%2fb",
      "a/​b",
      "ﬁ",
      "а",
      "_a",
      "a_",
      "a._b",
      "a.-b",
      "a/-b",
      "",
    ];
    for (const name of bad) expect(isRepositoryName(name), name).toBe(false);
    for (const name of ["a", "0", "a/b", "a_b", "a__b", "a-b", "a---b", "a.b", "a".repeat(255)]) {
      expect(isRepositoryName(name), name).toBe(true);
    }
  });

  it("X5: stays fast on hostile names", () => {
    const began = performance.now();
    for (const name of [
      `${"a-".repeat(127)}!`,
      `${"a/".repeat(127)}!`,
      `${"-".repeat(254)}a`,
      "a".repeat(1e6),
    ]) {
      isRepositoryName(name);
      isTag(name);
      isRegistryHost(name);
      parseReference(name);
    }
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it("knows hosts", () => {
    for (const host of ["a", "a.b", "a:1", "1.2.3.4:5000", "[::1]", "[fd00::1]:443"])
      expect(isRegistryHost(host)).toBe(true);
    for (const host of ["", "a.", ".a", "a:", "a:99999", "::1", "a/b", "a@b", "-a"])
      expect(isRegistryHost(host)).toBe(false);
  });
});
