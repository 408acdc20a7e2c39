import { expect, it } from "vitest";
import { splitStep } from "@/components/failures/split-step";

it("keeps the deed for the button and the reason beside it", () => {
  expect(splitStep("Prepare the missing grant.")).toEqual({
    label: "Prepare the missing grant",
    detail: null,
  });
  expect(splitStep("Did you mean v1.4.2?")).toEqual({ label: "Did you mean v1.4.2?", detail: null });
  expect(splitStep("Put the tag back to what it stood on: its manifest still exists.")).toEqual({
    label: "Put the tag back to what it stood on",
    detail: "Its manifest still exists.",
  });
  expect(splitStep("See the tag's history. Its manifest is gone, so it must be pushed again.")).toEqual({
    label: "See the tag's history",
    detail: "Its manifest is gone, so it must be pushed again.",
  });
});
