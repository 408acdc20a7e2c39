import { describe, expect, it } from "vitest";
import { formatPrincipalReference, parsePrincipalReference } from "@/components/access/principal-reference";

describe("references of principals", () => {
  it("are read back as they were written", () => {
    for (const principal of [
      { kind: "robot", name: "ci" },
      { kind: "group", name: "Platform: EU" },
      { kind: "built-in", name: "signed-in" },
    ] as const)
      expect(parsePrincipalReference(formatPrincipalReference(principal))).toEqual(principal);
  });

  it("are nothing when the kind is unknown or the name is missing", () => {
    expect(parsePrincipalReference("robot:")).toBeNull();
    expect(parsePrincipalReference("ci")).toBeNull();
    expect(parsePrincipalReference("console")).toBeNull();
  });
});
