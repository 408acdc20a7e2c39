import { describe, expect, it } from "vitest";
import {
  clearFilters,
  failureViewHref,
  isNarrowed,
  parseFailureView,
} from "@/components/failures/failure-view";
import { toWindowQuery } from "@/components/failures/failure-window";

const parse = (text: string) => parseFailureView(new URLSearchParams(text));

describe("the address of failures", () => {
  it("keeps what it was told, and leaves out what is as by default", () => {
    for (const address of [
      "/failures",
      "/failures?window=1y&cause=no-grant&state=all",
      "/failures?registry=pier&repository=team%2Fapi&client=skopeo&sort=-count&failure=12",
      "/failures?from=2026-11-28T10%3A00%3A00.000Z&to=2026-11-28T11%3A00%3A00.000Z",
    ])
      expect(failureViewHref(parse(address.split("?")[1] ?? ""))).toBe(address);
    expect(failureViewHref(parse("window=24h&state=open&sort=-lastAt"))).toBe("/failures");
  });

  it("takes what makes no sense as not there", () => {
    const view = parse(
      "window=5y&cause=bad-luck&state=gone&sort=name&failure=1e3&registry=A%20B&from=today&to=now",
    );
    expect(failureViewHref(view)).toBe("/failures");
    expect(parse("from=2026-11-28T10:00:00Z").from).toBe("");
    expect(parse("from=2026-11-28T10:00:00Z&to=2026-11-28T09:00:00Z").from).toBe("");
  });

  it("knows whether something narrows it, and takes all of it away at once", () => {
    const view = parse(
      "window=7d&state=recovered&cause=timeout&from=2026-11-28T10:00:00Z&to=2026-11-28T11:00:00Z",
    );
    expect(isNarrowed(view)).toBe(true);
    expect(failureViewHref(clearFilters(view))).toBe("/failures?window=7d&state=recovered");
    expect(isNarrowed(clearFilters(view))).toBe(false);
  });
});

describe("the window", () => {
  const now = Date.parse("2026-11-28T12:34:56Z");

  it("is in hours up to a week, in days up to 90 days, and in weeks beyond, days in the zone of the reader", () => {
    expect(toWindowQuery("24h", "Europe/Berlin", now)).toEqual({
      from: "2026-11-27T12:34:56.000Z",
      to: "2026-11-28T12:34:56.000Z",
      step: "hour",
      zone: "UTC",
    });
    const steps = (["7d", "30d", "90d", "1y"] as const).map((each) =>
      toWindowQuery(each, "Europe/Berlin", now),
    );
    expect(steps.map(({ step }) => step)).toEqual(["hour", "day", "day", "week"]);
    expect(steps.map(({ zone }) => zone)).toEqual(["UTC", "Europe/Berlin", "Europe/Berlin", "Europe/Berlin"]);
  });
});
