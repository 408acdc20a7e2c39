import { describe, expect, it } from "vitest";
import { pathToCrumbs } from "@/components/shell/path-to-crumbs";

describe("crumbs of an address", () => {
  it("takes a reference apart, each path leading to the list below it", () => {
    expect(pathToCrumbs("/images/prod/payments/api:stable")).toEqual([
      { label: "prod", href: "/images?registry=prod" },
      { label: "payments", href: "/images?registry=prod&prefix=payments" },
      { label: "api", href: "/images/prod/payments/api" },
      { label: "stable", before: ":" },
    ]);
    expect(pathToCrumbs("/images/prod/api@sha256%3A9c41").at(-1)).toEqual({
      label: "sha256:9c41",
      before: "@",
    });
  });

  it("names the pages of the console and survives a broken escape", () => {
    expect(pathToCrumbs("/settings/api-keys").map((crumb) => crumb.label)).toEqual(["Settings", "API keys"]);
    expect(pathToCrumbs("/images/prod/%E0%A4%A").at(-1)?.label).toBe("%E0%A4%A");
  });
});
