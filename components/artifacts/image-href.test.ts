import { expect, it } from "vitest";
import { fullReference, imageHref } from "@/components/artifacts/image-href";

const digest = `sha256:${"e".repeat(64)}`;

it("makes the address out of the reference", () => {
  expect(imageHref("prod", "team/api")).toBe("/images/prod/team/api");
  expect(imageHref("prod", "team/api", "v1.4")).toBe("/images/prod/team/api:v1.4");
  expect(imageHref("prod", "team/api", digest)).toBe(`/images/prod/team/api@${digest}`);
  expect(imageHref("prod", "team/api", "v1", { tab: "raw", platform: "linux/arm64", none: null })).toBe(
    "/images/prod/team/api:v1?tab=raw&platform=linux%2Farm64",
  );
});

it("X1: a name that is none cannot leave its place in the address", () => {
  expect(imageHref("a?b", "../x#y", "v?1")).toBe("/images/a%3Fb/../x%23y:v%3F1");
});

it("writes the full reference as a person would", () => {
  expect(fullReference("prod", "team/api", "v1")).toBe("prod/team/api:v1");
  expect(fullReference("prod", "team/api", digest)).toBe(`prod/team/api@${digest}`);
});
