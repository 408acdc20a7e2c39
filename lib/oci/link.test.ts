import { describe, expect, it } from "vitest";

import { findNextLink } from "#lib/oci/link";

describe("findNextLink", () => {
  it.each([
    ['</v2/_catalog?last=b&n=2>; rel="next"', "/v2/_catalog?last=b&n=2"],
    ["</a>; rel=next", "/a"],
    ["</a>;rel=NEXT", "/a"],
    ['</a>; rel="prev", </b>; rel="next"', "/b"],
    ['</a>; title="x, y"; rel="next"', "/a"],
    ['</a,b>; rel="next"', "/a,b"],
    ['</a>; rel="first next"', "/a"],
    ['<https://other.example/x>; rel="next"', "https://other.example/x"],
    ['</a>; rel="prev"', null],
    ["</a>", null],
    ['</a; rel="next"', null],
    ["", null],
  ])("reads %s", (header, expected) => {
    expect(findNextLink(header)).toBe(expected);
  });

  it("X5: stays fast on hostile headers", () => {
    const began = performance.now();
    for (const piece of ["<", "<>;", "; ", " ", ";a=", '<a>; rel="']) findNextLink(piece.repeat(1_300));
    findNextLink(`<a>;${" ".repeat(8_000)}`);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(findNextLink(`<${"a".repeat(10_000)}>; rel="next"`)).toBeNull();
  });
});
