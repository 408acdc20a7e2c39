import { describe, expect, it } from "vitest";
import { checkAccessBody } from "#lib/grants/schema";
import { parseWhoCanView, toCheckBody, whoCanHref } from "@/components/access/who-can-view";

const read = (address: string) =>
  parseWhoCanView(new URL(address, "http://console").searchParams, ["demo", "prod"]);

describe("questions about access", () => {
  it("stand in the address and are read back", () => {
    const view = read(
      "/access/who-can?by=may&who=robot:ci&registry=prod&repository=payments/api&action=delete",
    );
    expect(view).toMatchObject({ by: "may", kind: "robot", name: "ci", registry: "prod", action: "delete" });
    expect(read(whoCanHref(view))).toEqual(view);
    expect(checkAccessBody.safeParse(toCheckBody(view)).success).toBe(true);
  });

  it("are not asked while a part is missing or no registry could have the name", () => {
    expect(toCheckBody(read("/?by=may&who=robot:ci&repository=Payments"))).toBeNull();
    expect(toCheckBody(read("/?by=may&kind=robot&repository=payments"))).toBeNull();
    expect(toCheckBody(read("/?by=may&who=everyone&repository=payments"))).toMatchObject({
      principal: "everyone",
      action: "push",
    });
  });
});
