import { describe, expect, it } from "vitest";
import type { RegistryItem } from "#lib/registries/schema";
import { listUntold, prepareCapabilities } from "@/components/registries/prepare-capabilities";
import { sampleRegistry } from "@/components/registries/sample-registry";

function find(registry: RegistryItem, key: string) {
  return prepareCapabilities(registry).find((row) => row.key === key);
}

describe("what a registry can tell", () => {
  it("says what to turn on for pushes and pulls", () => {
    expect(listUntold(sampleRegistry())).toEqual(["pushes as they happen", "pulls"]);
    expect(find(sampleRegistry(), "pushes")?.remedy).toMatch(/Turn on notifications/);
  });

  it("knows of notifications once one arrived with the registry's own secret", () => {
    const set = { ...sampleRegistry().notifications, secretSet: true };
    expect(find(sampleRegistry({ notifications: set }), "pulls")?.state).toBe("no");
    const live = sampleRegistry({ notifications: set, lastEventAt: "2026-01-02T03:04:05.000Z" });
    expect(listUntold(live)).toEqual([]);
  });

  it("says unknown, and to test, before any test", () => {
    const { capabilities } = sampleRegistry();
    const untested = sampleRegistry({
      testedAt: null,
      capabilities: {
        ...capabilities,
        catalog: "unknown",
        referrers: "unknown",
        deletion: "unknown",
        tagDeletion: "unknown",
        authentication: "unknown",
      },
    });
    const unknown = prepareCapabilities(untested).filter((row) => row.state === "unknown");
    expect(unknown.map((row) => row.remedy)).toEqual(Array(5).fill("Test the connection."));
  });

  it("names the switch of a registry that forbids deletion", () => {
    const { capabilities } = sampleRegistry();
    const row = find(sampleRegistry({ capabilities: { ...capabilities, deletion: "off" } }), "deletion");
    expect(row).toMatchObject({ state: "no" });
    expect(row?.remedy).toContain("REGISTRY_STORAGE_DELETE_ENABLED=true");
  });

  it("finds new repositories by nothing without catalogue, list and events", () => {
    const { capabilities } = sampleRegistry();
    const none = sampleRegistry({ capabilities: { ...capabilities, catalog: "no" } });
    expect(find(none, "catalog")).toMatchObject({ state: "no", meaning: "Nothing finds new repositories." });
    expect(find({ ...none, repositorySource: "list" }, "catalog")?.remedy).toBeNull();
  });
});
