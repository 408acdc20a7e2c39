import { describe, expect, it } from "vitest";
import { isRouterState } from "#lib/server/router-state";

const encode = (state: unknown) => encodeURIComponent(JSON.stringify(state));

describe("W5: router state headers", () => {
  it("takes what Next's own client sends", () => {
    expect(isRouterState(encode(["", {}]))).toBe(true);
    expect(
      isRouterState(
        encode([
          "",
          {
            children: [
              "(console)",
              {
                children: [
                  "images",
                  {
                    children: [
                      ["reference", "a/b", "c", null],
                      { children: ["__PAGE__", {}, null, "refetch"] },
                    ],
                  },
                ],
              },
            ],
          },
          null,
          null,
          16,
        ]),
      ),
    ).toBe(true);
    expect(isRouterState(encode(["", { children: ["x", {}, ["/x", "?q=1"], null, 0, "k"] }]))).toBe(true);
  });

  it.each([
    "",
    "%5B%22",
    "%",
    encode({}),
    encode([""]),
    encode(["", []]),
    encode(["", {}, null, null, true]),
    encode(["", {}, ["x"]]),
    encode([["a", "b", "z", null], {}]),
    encode(["", { children: 1 }]),
    encode(["", {}, null, "anything"]),
    `${"%5B".repeat(20_000)}`,
  ])("refuses %j", (header) => {
    expect(isRouterState(header)).toBe(false);
  });
});
