import { describe, expect, it } from "vitest";
import { describeActions } from "@/components/access/describe-actions";

describe("actions in words", () => {
  it("says that push includes pull", () => {
    expect(describeActions(["push"])).toBe("push and pull");
    expect(describeActions(["delete", "push", "pull"])).toBe("push, pull and delete");
    expect(describeActions(["pull"])).toBe("pull");
    expect(describeActions(["delete"])).toBe("delete");
  });

  it("knows the catalogue and nothing", () => {
    expect(describeActions(["catalog"])).toBe("list all repositories");
    expect(describeActions([])).toBe("nothing");
  });
});
