import { describe, expect, it } from "vitest";
import type { ActivitySeries } from "#lib/activity/schema";
import { parseActivityView } from "@/components/activity/activity-view";
import { prepareActivityBars } from "@/components/activity/prepare-activity-bars";
import { prepareActivityColumns } from "@/components/activity/prepare-activity-columns";
import { describeUnknown, prepareActivityTitle } from "@/components/activity/prepare-activity-title";

const series: ActivitySeries = {
  from: "2026-11-01T00:00:00.000Z",
  to: "2026-11-05T00:00:00.000Z",
  step: "day",
  by: "action",
  at: [1, 2, 3, 4].map((day) => `2026-11-0${day}T00:00:00.000Z`),
  series: [
    { key: "pull", total: 18_330, counts: [0, 330, 0, 18_000] },
    { key: "push", total: 1, counts: [0, 0, 1, 0] },
  ],
  total: 18_331,
  totalBefore: 0,
  heard: [null, 0.5, 1, 1],
  silentRegistries: [],
};
const view = (text = "") => parseActivityView(new URLSearchParams(text));
const nothing: ActivitySeries = { ...series, series: [], heard: [null, null, null, null] };

describe("the title of the activity", () => {
  it.each([
    [series, "", 12, "1 push and 18,330 pulls in 30 days; 12 repositories were never pulled"],
    [series, "window=1y", 1, "1 push and 18,330 pulls in 52 weeks; 1 repository was never pulled"],
    [series, "", 0, "1 push and 18,330 pulls in 30 days; every repository was pulled at some time"],
    [series, "principal=ci", 12, "1 push and 18,330 pulls in 30 days"],
    [series, "from=2026-11-01&to=2026-11-01", null, "1 push and 18,330 pulls on 1 Nov 2026"],
    [series, "from=2026-11-01&to=2026-11-04", null, "1 push and 18,330 pulls from 1 Nov 2026 to 4 Nov 2026"],
    [nothing, "", null, "0 pushes in 30 days; pulls are unknown"],
  ])("answers in words", (given, address, never, title) => {
    expect(prepareActivityTitle(given, view(address), never)).toBe(title);
  });

  it("says for how much pulls are known, and who never tells", () => {
    expect(describeUnknown(series)).toBe(
      "Pulls are wholly known for 2 of 4 days: what is hatched is unknown, not zero.",
    );
    expect(describeUnknown({ ...series, heard: [1, 1, 1, 1] })).toBeNull();
    expect(describeUnknown({ ...nothing, silentRegistries: ["a", "b", "c", "d"] })).toBe(
      "a, b, c and 1 more never told of a pull.",
    );
  });
});

describe("the columns", () => {
  it("of pulls are unknown where not all of it was told, and never a zero there", () => {
    const chart = prepareActivityColumns(series, "pull");
    expect(chart.unknown).toEqual([{ from: 0, to: 1 }]);
    expect(chart.columns.map(({ label }) => label)).toEqual([
      "Sun, 1 Nov 2026: pulls unknown",
      "Mon, 2 Nov 2026: 330 pulls or more",
      "Tue, 3 Nov 2026: 0 pulls",
      "Wed, 4 Nov 2026: 18,000 pulls",
    ]);
    expect(chart.summary).toBe(
      "18,330 pulls, most of them Wed, 4 Nov 2026: 18,000, not wholly known for 2 of 4 columns",
    );
  });

  it("of pushes and of what nobody did are all known", () => {
    expect(prepareActivityColumns(series, "push")).toMatchObject({ total: 1, unknown: [] });
    expect(prepareActivityColumns(series, "delete")).toMatchObject({ total: 0, summary: "0 deletions" });
  });

  it("of a week hold its days", () => {
    const weeks = {
      ...series,
      step: "week" as const,
      at: ["2026-10-26T00:00:00.000Z", "2026-11-02T00:00:00.000Z"],
    };
    const { columns } = prepareActivityColumns({ ...weeks, heard: [1, 1] }, "pull");
    expect(columns.map(({ from, to }) => [from, to])).toEqual([
      ["2026-10-26", "2026-11-01"],
      ["2026-11-02", "2026-11-04"],
    ]);
    expect(columns[0]?.when).toBe("26 Oct to Sun, 1 Nov 2026");
  });
});

describe("the bars", () => {
  const top = {
    series: [
      { key: "prod/shop/api", total: 40, counts: [40] },
      { key: "", total: 10, counts: [10] },
      { key: null, total: 900, counts: [900] },
    ],
  };

  it("lead to what they stand for, and the others lead nowhere", () => {
    const [first, second, third] = prepareActivityBars(top, "repository", view());
    expect(first).toMatchObject({ change: { registry: "prod", repository: "shop/api" }, share: 1 });
    expect(second).toMatchObject({ change: null, share: 0.25 });
    expect(third).toMatchObject({ change: null, label: "all others", share: 1 });
  });

  it("take their own filter away again", () => {
    const chosen = view("registry=prod&repository=shop/api");
    expect(prepareActivityBars(top, "repository", chosen)[0]).toMatchObject({
      isChosen: true,
      change: { repository: "" },
    });
    const people = { series: [{ key: "ci", total: 1, counts: [1] }] };
    expect(prepareActivityBars(people, "principal", view("principal=ci"))[0]?.change).toEqual({
      principal: "",
    });
    expect(prepareActivityBars(people, "principal", view())[0]?.change).toEqual({ principal: "ci" });
  });
});
