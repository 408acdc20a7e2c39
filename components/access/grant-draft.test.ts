import { describe, expect, it } from "vitest";
import { createGrantBody } from "#lib/grants/schema";
import {
  changeGrantHref,
  endOfDay,
  findDraftProblem,
  grantDraftHref,
  parseGrantDraft,
  proposeChange,
  toDay,
  toGrantBody,
} from "@/components/access/grant-draft";

const registries = ["demo", "prod"];
const read = (address: string) =>
  parseGrantDraft(new URL(address, "http://console").searchParams, registries);

describe("a grant that is being written", () => {
  it("is filled by a link and read back from the address it makes", () => {
    const draft = read(
      "/access/grants/new?principal=robot:ci&registry=prod&pattern=payments/**&actions=push&until=2027-03-01&reason=because+we+publish",
    );
    expect(draft).toEqual({
      kind: "robot",
      name: "ci",
      registry: "prod",
      pattern: "payments/**",
      actions: ["push"],
      until: "2027-03-01",
      reason: "because we publish",
    });
    expect(read(grantDraftHref(draft))).toEqual(draft);
    expect(findDraftProblem(draft)).toBeNull();
    expect(createGrantBody.safeParse(toGrantBody(draft)).success).toBe(true);
  });

  it("ignores what it does not understand, and never a registry that is not there", () => {
    expect(read("/?principal=console&registry=gone&actions=admin&until=2027-13-40&kind=workload")).toEqual({
      kind: "workload",
      name: "",
      registry: "demo",
      pattern: "",
      actions: [],
      until: "",
      reason: "",
    });
  });

  it("keeps the kind in the address while the name is missing", () => {
    const draft = { ...read("/"), kind: "group" as const };
    expect(read(grantDraftHref(draft)).kind).toBe("group");
  });

  it("says what is missing first", () => {
    const whole = read("/?principal=everyone&registry=demo&pattern=base/**&actions=pull");
    expect(findDraftProblem(whole)).toBeNull();
    expect(findDraftProblem({ ...whole, kind: "robot" })?.field).toBe("name");
    expect(findDraftProblem({ ...whole, pattern: "base/**/x" })?.field).toBe("pattern");
    expect(findDraftProblem({ ...whole, actions: [] })?.field).toBe("actions");
  });

  it("asks for no pattern where the catalogue is granted", () => {
    const draft = read("/?principal=robot:mirror&registry=demo&actions=catalog,push&pattern=x");
    expect(draft.actions).toEqual(["catalog"]);
    expect(toGrantBody(draft).pattern).toBeNull();
  });

  it("takes proposed changes to a stored one from the address, and writes them there", () => {
    const stored = read("/?principal=robot:ci&registry=demo&pattern=a/**&actions=push&reason=why");
    const narrowed = proposeChange(stored, new URLSearchParams("actions=pull"));
    expect(narrowed).toEqual({ ...stored, actions: ["pull"] });
    const href = changeGrantHref("g1", stored, { ...narrowed, until: "2027-03-01", reason: "" });
    expect(href).toBe("/access/grants/g1/edit?actions=pull&until=2027-03-01&reason=");
    const back = proposeChange(stored, new URL(href, "http://console").searchParams);
    expect(back).toEqual({ ...stored, actions: ["pull"], until: "2027-03-01", reason: "" });
  });

  it("lets the last day count to its end", () => {
    const end = endOfDay("2027-03-01");
    expect(toDay(end)).toBe("2027-03-01");
    expect(endOfDay("soon")).toBeNull();
  });
});
