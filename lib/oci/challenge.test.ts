import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseChallenges } from "#lib/oci/challenge";

describe("parseChallenges", () => {
  it.each([
    ['Basic realm="r"', [["basic", { realm: "r" }]]],
    ["Basic", [["basic", {}]]],
    [
      'Bearer realm="https://a/token",service="s",scope="repository:a/b:pull,push"',
      [["bearer", { realm: "https://a/token", service: "s", scope: "repository:a/b:pull,push" }]],
    ],
    ['bearer Realm = "x" , Service=y', [["bearer", { realm: "x", service: "y" }]]],
    ['Bearer realm="a\\"b\\\\c"', [["bearer", { realm: 'a"b\\c' }]]],
    [
      'Basic realm="b", Bearer realm="t",service="s"',
      [
        ["basic", { realm: "b" }],
        ["bearer", { realm: "t", service: "s" }],
      ],
    ],
    [
      'Negotiate YWJj==, Bearer realm="t"',
      [
        ["negotiate", {}],
        ["bearer", { realm: "t" }],
      ],
    ],
    [
      'Negotiate, Basic realm="x"',
      [
        ["negotiate", {}],
        ["basic", { realm: "x" }],
      ],
    ],
    ['Bearer scope="a b, c", realm="t"', [["bearer", { scope: "a b, c", realm: "t" }]]],
    ['Bearer realm="first",realm="second"', [["bearer", { realm: "first" }]]],
    [", ,Basic realm=x,", [["basic", { realm: "x" }]]],
    ['Bearer realm=""', [["bearer", { realm: "" }]]],
    ['Bearer realm="open', [["bearer", {}]]],
    ['realm="no scheme"', []],
    ['"quoted"', []],
    ["", []],
  ])("reads %s", (header, expected) => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]);
    expect(found).toEqual(expected);
  });

  it("joins several headers and refuses endless ones", () => {
    expect(parseChallenges(['Basic realm="a"', 'Bearer realm="b"'])).toHaveLength(2);
    expect(parseChallenges(`Bearer realm="${"a".repeat(10_000)}"`)).toEqual([]);
    expect(parseChallenges(undefined)).toEqual([]);
  });

  it("keeps __proto__ an ordinary parameter", () => {
    const [challenge] = parseChallenges('Bearer __proto__="x", realm="r"');
    expect(challenge?.parameters.realm).toBe("r");
    expect(Object.getPrototypeOf(challenge?.parameters)).toBeNull();
  });

  it("always ends, and gives back any quoted value", () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseChallenges(text))));
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (value) => {
        const quoted = value.replace(/["\\]/g, "\\$&");
        expect(parseChallenges(`Bearer realm="${quoted}", service="s"`)[0]?.parameters).toMatchObject({
          realm: value,
          service: "s",
        });
      }),
    );
  });
});
