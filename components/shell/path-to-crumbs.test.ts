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

  it("says what an id stands for, and leaves the name of a registry alone", () => {
    const labels = (path: string) => pathToCrumbs(path).map((crumb) => crumb.label);
    expect(labels("/access/grants/0198c2d4-1111-7000-8000-000000000001/edit")).toEqual([
      "Access",
      "Grants",
      "Grant",
      "Change",
    ]);
    expect(labels("/access/grants/new")).toEqual(["Access", "Grants", "New"]);
    expect(labels("/registries/new")).toEqual(["Registries", "Connect"]);
    expect(labels("/registries/access")).toEqual(["Registries", "access"]);
  });

  it("names the pages of the console and survives a broken escape", () => {
    expect(pathToCrumbs("/settings/api-keys").map((crumb) => crumb.label)).toEqual(["Settings", "API keys"]);
    expect(pathToCrumbs("/images/prod/%E0%A4%A").at(-1)?.label).toBe("%E0%A4%A");
  });
});
