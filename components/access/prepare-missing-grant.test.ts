import { describe, expect, it } from "vitest";
import type { TokenDenial } from "#lib/tokens/schema";
import { parseGrantDraft } from "@/components/access/grant-draft";
import { prepareRemedy } from "@/components/access/prepare-missing-grant";

const denial: TokenDenial = {
  id: "1",
  registry: "demo",
  principal: { id: "p1", kind: "robot", name: "ci" },
  account: "ci",
  type: "repository",
  repository: "prod/payments/api",
  actions: ["pull", "push"],
  address: "10.0.0.8",
  agent: "skopeo/1.9.3",
  reason: "no-grant",
  detail: "No grant lets ci push there.",
  count: 3,
  firstAt: "2026-11-25T10:00:00.000Z",
  lastAt: "2026-11-25T10:02:00.000Z",
};

function draftBehind(given: Partial<TokenDenial>) {
  const remedy = prepareRemedy({ ...denial, ...given });
  if (!remedy) return null;
  return parseGrantDraft(new URL(remedy.href, "http://console").searchParams, ["demo"]);
}

describe("what mends a refusal", () => {
  it("is the grant that is missing, written down already", () => {
    expect(draftBehind({})).toMatchObject({
      kind: "robot",
      name: "ci",
      registry: "demo",
      pattern: "prod/payments/api",
      actions: ["push"],
    });
    expect(draftBehind({ actions: ["delete"] })?.actions).toEqual(["delete"]);
  });

  it("offers everyone a pull and never a push", () => {
    expect(draftBehind({ principal: null, account: null, actions: ["pull"] })?.kind).toBe("everyone");
    expect(draftBehind({ principal: null, account: null })).toBeNull();
  });

  it("is the grant of the catalogue where that was asked for", () => {
    const catalog = draftBehind({ type: "registry", repository: null, actions: ["catalog"] });
    expect(catalog).toMatchObject({ actions: ["catalog"], pattern: "" });
  });

  it("is no grant where a grant would not help", () => {
    expect(prepareRemedy({ ...denial, reason: "expired-secret" })?.href).toBe("/access/principals/p1");
    expect(prepareRemedy({ ...denial, reason: "protected" })?.href).toBe(
      "/access/protected?registry=demo&repository=prod%2Fpayments%2Fapi&pusher=robot%3Aci",
    );
    expect(prepareRemedy({ ...denial, reason: "wrong-credentials", principal: null })).toBeNull();
    expect(prepareRemedy({ ...denial, reason: "throttled" })).toBeNull();
  });
});
