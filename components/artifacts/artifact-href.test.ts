import { expect, it } from "vitest";
import { artifactHref, fullReference } from "@/components/artifacts/artifact-href";

const digest = `sha256:${"e".repeat(64)}`;

it("keeps tab and platform in the address", () => {
  const address = { registry: "prod", repository: "team/api", reference: "v1" };
  expect(artifactHref(address)).toBe("/images/prod/team/api:v1");
  expect(artifactHref(address, { tab: "raw", platform: "linux/arm64", none: null })).toBe(
    "/images/prod/team/api:v1?tab=raw&platform=linux%2Farm64",
  );
});

it("writes the full reference as a person would", () => {
  expect(fullReference("prod", "team/api", "v1")).toBe("prod/team/api:v1");
  expect(fullReference("prod", "team/api", digest)).toBe(`prod/team/api@${digest}`);
});
