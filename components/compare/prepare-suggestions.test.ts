import { expect, it } from "vitest";
import type { SearchHit } from "#lib/search/schema";
import { prepareSuggestions } from "@/components/compare/prepare-suggestions";

const hit: SearchHit = {
  type: "repository",
  registry: "demo",
  repository: "team/api",
  tag: null,
  digest: null,
  label: "team/api",
  href: "/images/demo/team/api",
};

it("turns hits into references, and says which still lack a tag", () => {
  const digest = `sha256:${"f".repeat(64)}`;
  expect(
    prepareSuggestions([
      { ...hit, type: "registry", repository: null },
      hit,
      { ...hit, type: "tag", tag: "v1", digest },
      { ...hit, type: "tag", tag: "v1", digest },
      { ...hit, type: "digest", digest },
    ]),
  ).toEqual([
    { value: "demo/team/api:", whole: false, hint: "repository" },
    { value: "demo/team/api:v1", whole: true, hint: "tag" },
    { value: `demo/team/api@${digest}`, whole: true, hint: "digest" },
  ]);
});
