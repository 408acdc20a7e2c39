import { describe, expect, it } from "vitest";
import { failureCauses } from "#lib/failures/schema";
import { chooseColours, colourOfCause } from "@/components/failures/cause-colour";

const chosen = (...keys: (string | null)[]) => chooseColours(keys);

describe("colours of causes", () => {
  it("never stand twice in one chart, and the rest is grey", () => {
    expect(chosen("no-grant", "wrong-credentials", "tag-deleted", "timeout", "throttled", null)).toEqual([
      "text-chart-1",
      "text-chart-2",
      "text-chart-3",
      "text-chart-5",
      "text-chart-4",
      "text-chart-6",
    ]);
    const many = chooseColours(failureCauses);
    expect(new Set(many.slice(0, 5)).size).toBe(5);
    expect(many.slice(5).every((colour) => colour === "text-chart-6")).toBe(true);
  });

  it("are the same for a cause that stands alone", () => {
    for (const cause of failureCauses) expect(chosen(cause)).toEqual([colourOfCause(cause)]);
  });
});
