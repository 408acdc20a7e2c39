import { describe, expect, it } from "vitest";
import {
  activityHref,
  parseActivityView,
  stepOf,
  toActivityQuery,
} from "@/components/activity/activity-view";

const parse = (text: string) => parseActivityView(new URLSearchParams(text));
const now = Date.parse("2026-11-28T10:30:00Z");

describe("what the address says of activity", () => {
  it("is thirty days of everything by default, and then says nothing", () => {
    expect(activityHref(parse(""))).toBe("/activity");
    expect(toActivityQuery(parse(""), now)).toMatchObject({
      from: "2026-10-30T00:00:00.000Z",
      to: "2026-11-29T00:00:00.000Z",
    });
  });

  it("comes back as it was written", () => {
    const text =
      "window=90d&registry=prod&repository=shop%2Fapi&team=shop&principal=robot%3Aci&from=2026-11-01&to=2026-11-07";
    expect(activityHref(parse(text))).toBe(`/activity?${text}`);
    expect(toActivityQuery(parse(text), now)).toEqual({
      from: "2026-11-01T00:00:00.000Z",
      to: "2026-11-08T00:00:00.000Z",
      registry: "prod",
      repository: "shop/api",
      team: "shop",
      principal: "robot:ci",
    });
  });

  it.each([
    "window=2y",
    "from=2026-11-08&to=2026-11-01",
    "from=2026-02-31&to=2026-03-02",
    "from=2026-11-01",
    "from=2020-01-01&to=2026-11-01",
    "registry=../x",
    "repository=shop/api",
    "registry=prod'&repository=SHOP",
    "team=%00",
  ])("takes %s as if it were not there", (text) => {
    expect(activityHref(parse(text))).toBe("/activity");
  });

  it("draws many days by the week", () => {
    expect(stepOf(parse("window=90d"))).toBe("day");
    expect(stepOf(parse("window=1y"))).toBe("week");
    expect(stepOf(parse("from=2026-01-01&to=2026-11-01"))).toBe("week");
    expect(stepOf(parse("window=1y&from=2026-11-02&to=2026-11-08"))).toBe("day");
  });
});
