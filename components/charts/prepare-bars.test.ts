import { expect, it } from "vitest";
import { prepareBars } from "@/components/charts/prepare-bars";

it("keeps the largest, names what has no name, and adds up the rest", () => {
  const series = [
    { key: "skopeo", total: 40 },
    { key: "", total: 20 },
    { key: "crane", total: 10 },
    { key: "oras", total: 5 },
    { key: null, total: 3 },
  ];
  expect(prepareBars(series, 3, "not named")).toEqual([
    { key: "skopeo", label: "skopeo", total: 40, share: 1 },
    { key: null, label: "not named", total: 20, share: 0.5 },
    { key: "crane", label: "crane", total: 10, share: 0.25 },
    { key: null, label: "all others", total: 8, share: 0.2 },
  ]);
  expect(prepareBars([], 3, "not named")).toEqual([]);
});
