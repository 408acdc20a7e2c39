import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { formatPermissionsDocument } from "./permissions-doc.ts";

it("docs/permissions.md is what the permission table says", () => {
  const written = readFileSync(join(import.meta.dirname, "..", "docs", "permissions.md"), "utf8");
  expect(written).toBe(formatPermissionsDocument());
});
