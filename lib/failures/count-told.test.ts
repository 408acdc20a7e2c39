import { describe, expect, it } from "vitest";
import { countTold, type ToldCount } from "#lib/failures/count-told";

const told = (more: Partial<ToldCount>): ToldCount => ({
  side: "log",
  agent: "skopeo/1.9.3",
  isWeak: false,
  count: 1,
  ...more,
});

describe("how many pulls failed", () => {
  it.each<[string, number, Partial<ToldCount>[]]>([
    ["nothing told", 0, []],
    ["the side that saw most", 3, [{ side: "denial", count: 2 }, { count: 3 }]],
    [
      "the 401 before a refused sign-in is no second one",
      1,
      [{ side: "denial" }, { isWeak: true, count: 2 }],
    ],
    ["weak lines alone are all there is", 4, [{ isWeak: true, count: 4 }]],
    [
      "another program's weak lines are failures of its own",
      6,
      [{}, { agent: "buildah/1", isWeak: true, count: 5 }],
    ],
    ["a runtime's too, beside a client", 6, [{}, { agent: "containerd/v2.1", isWeak: true, count: 5 }]],
    [
      "what a runtime asked is what the kubelet tells of",
      2,
      [
        { side: "kubernetes", agent: null, count: 2 },
        { agent: "containerd/v2.1", isWeak: true, count: 5 },
      ],
    ],
    ["without a program they could be anybody's", 1, [{}, { agent: null, isWeak: true, count: 5 }]],
    ["and so could what was told for certain", 1, [{ agent: null }, { isWeak: true, count: 5 }]],
  ])("%s", (_, count, parts) => {
    expect(countTold(parts.map(told))).toBe(count);
  });
});
