import { describe, expect, it } from "vitest";
import { errorResponse } from "#lib/http/error-response";

const statusOf = (error: unknown) => errorResponse(error, "id").status;

/** As Prisma throws when a raw query fails: what the driver said is in `meta`. */
function rawFailure(cause: Record<string, string>): Error {
  const driverAdapterError = Object.assign(new Error("driver"), { cause });
  return Object.assign(new Error("raw query failed"), { code: "P2010", meta: { driverAdapterError } });
}

describe("errorResponse", () => {
  it("F1, F6: a database that is away is 503, whichever way it is told", () => {
    for (const error of [
      Object.assign(new Error("closed"), { code: "P1017" }),
      rawFailure({ kind: "ConnectionClosed" }),
      rawFailure({ kind: "postgres", code: "57P01" }),
      rawFailure({ kind: "x", originalCode: "53300" }),
      new Error("outer", { cause: Object.assign(new Error("inner"), { code: "ECONNREFUSED" }) }),
      new Error("Connection terminated unexpectedly"),
    ])
      expect(statusOf(error)).toBe(503);
  });

  it("F3: a change that lost against another is 503, also from a raw query", () => {
    for (const error of [
      Object.assign(new Error("conflict"), { code: "P2034" }),
      rawFailure({ kind: "TransactionWriteConflict" }),
      rawFailure({ kind: "postgres", originalCode: "40P01" }),
    ])
      expect(statusOf(error)).toBe(503);
  });

  it("F2: a database without room is told as that", async () => {
    const answer = errorResponse(rawFailure({ kind: "postgres", originalCode: "53100" }), "id");
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "store-full" });
  });

  it("O10: what nobody expected says nothing of itself", async () => {
    const error = errorResponse(new Error("secret words"), "id");
    expect(error.status).toBe(500);
    expect(await error.text()).not.toContain("secret words");
    expect(statusOf("text")).toBe(500);
    expect(statusOf(null)).toBe(500);
  });
});
