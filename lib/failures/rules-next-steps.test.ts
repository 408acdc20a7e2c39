import { describe, expect, it } from "vitest";
import { type KnownImage, refineCause } from "#lib/failures/rules-diagnosis";
import { prepareNextSteps } from "#lib/failures/rules-next-steps";

const known: KnownImage = {
  registry: "demo",
  repository: "team/api",
  reference: "v1",
  repositoryKnown: true,
  stands: false,
  deletion: null,
  platforms: [],
  tags: ["v1.1"],
};
const who = { id: "p1", name: "ci", reference: "robot:ci" };

describe("what to do about an incident", () => {
  it("is the missing grant of whoever it is, written down already", () => {
    expect(prepareNextSteps("no-grant", known, who)[0]?.href).toBe(
      "/access/grants/new?principal=robot%3Aci&registry=demo&pattern=team%2Fapi&actions=pull",
    );
    expect(prepareNextSteps("no-grant", { ...known, reference: null })[0]?.href).toBe(
      "/access/grants/new?registry=demo&pattern=team%2Fapi&actions=pull",
    );
  });

  it("is a new secret for whose secret it is", () => {
    for (const cause of ["credentials-expired", "wrong-credentials"] as const) {
      expect(prepareNextSteps(cause, known, who)[0]).toEqual({
        text: "Make a new secret for ci.",
        href: "/access/principals/p1",
      });
      expect(prepareNextSteps(cause, known).every(({ href }) => href === null)).toBe(true);
    }
  });

  it("leads to a digest as to a digest, and where no tag is known to the repository", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const stands = { ...known, stands: true };
    expect(prepareNextSteps("no-platform", { ...stands, reference: digest })[0]?.href).toBe(
      `/images/demo/team/api@${digest}`,
    );
    expect(prepareNextSteps("not-found", { ...known, reference: null })[0]?.href).toBe(
      "/images/demo/team/api",
    );
  });

  it("calls no tag never seen where none was told", () => {
    expect(refineCause("not-found", { ...known, reference: null })).toBe("not-found");
    expect(refineCause("not-found", known)).toBe("tag-never-existed");
  });
});
