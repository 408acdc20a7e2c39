import { describe, expect, it } from "vitest";
import { imageHref } from "@/components/ui/image-href";

describe("the address of an image", () => {
  it("is its reference", () => {
    expect(imageHref("prod", "team/api")).toBe("/images/prod/team/api");
    expect(imageHref("prod", "team/api", "v1.4")).toBe("/images/prod/team/api:v1.4");
    expect(imageHref("prod", "team/api", "sha256:9c41")).toBe("/images/prod/team/api@sha256:9c41");
  });

  it("X1: cannot leave its place", () => {
    expect(imageHref("a/b?c", "x/y z", "v#1")).toBe("/images/a%2Fb%3Fc/x/y%20z:v%231");
  });
});
