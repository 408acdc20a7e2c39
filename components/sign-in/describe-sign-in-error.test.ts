import { expect, it } from "vitest";
import { describeSignInError } from "./describe-sign-in-error.ts";

it("says what to do", () => {
  expect(describeSignInError(null, null, "Example")).toBeNull();
  expect(describeSignInError("throttled", 30, "Example")).toBe(
    "Too many tries. Wait 30 seconds, then try again.",
  );
  expect(describeSignInError("throttled", 500, "Example")).toContain("9 minutes");
  expect(describeSignInError("OAuthCallback", null, "Example")).toContain("Example");
  expect(describeSignInError("<script>", null, "Example")).toBe("Signing in did not work. Try again.");
});
