import { describe, expect, it } from "vitest";
import type { RegistryItem } from "#lib/registries/schema";
import {
  completeUrl,
  deriveSlug,
  emptyDraft,
  toConnectBody,
  toDraft,
  toTestBody,
  toUpdateBody,
  withUrl,
} from "@/components/registries/registry-draft";
import { sampleRegistry } from "@/components/registries/sample-registry";

const stored: RegistryItem = sampleRegistry({
  credentialKind: "basic",
  username: "crawler",
  hasSecret: true,
  hasCa: true,
  repositoryNames: ["team/api"],
});

describe("the draft of a registry", () => {
  it("completes an address that lacks its scheme", () => {
    expect(completeUrl(" registry.example.com:5000 ")).toBe("https://registry.example.com:5000");
    expect(completeUrl("localhost:5000")).toBe("http://localhost:5000");
    expect(completeUrl("http://registry.example.com")).toBe("http://registry.example.com");
    expect(completeUrl("  ")).toBe("");
  });

  it.each([
    ["https://harbour.example.com", "harbour"],
    ["registry.acme.io", "acme"],
    ["localhost:5100", "localhost"],
    ["https://10.20.0.5:5000", "10-20-0-5"],
    ["http://[fd00::1]:5000", "fd00-1"],
    ["registry", "registry"],
    ["", ""],
  ])("derives a short name from %s", (url, slug) => {
    expect(deriveSlug(url)).toBe(slug);
  });

  it("sends only what was changed, and never a secret that was not typed", () => {
    expect(toUpdateBody(toDraft(stored), stored)).toEqual({});
    expect(toUpdateBody({ ...toDraft(stored), name: "New", syncEveryMinutes: 5 }, stored)).toEqual({
      name: "New",
      syncEveryMinutes: 5,
    });
    expect(toUpdateBody({ ...toDraft(stored), username: "other" }, stored)).toEqual({
      credentialKind: "basic",
      username: "other",
    });
    expect(toUpdateBody({ ...toDraft(stored), caPem: "" }, stored)).toEqual({ caPem: null });
  });

  it("forgets user name and secret when no login is wanted", () => {
    const draft = { ...toDraft(stored), credentialKind: "none" as const, secret: "" };
    expect(toUpdateBody(draft, stored)).toEqual({ credentialKind: "none", username: null, secret: null });
  });

  it("drops a confirmed token service with the address that it was confirmed for", () => {
    const draft = { ...emptyDraft, url: "https://a.example", pinnedRealm: "https://auth.example/token" };
    expect(withUrl(draft, "a.example").pinnedRealm).toBe("https://auth.example/token");
    expect(withUrl(draft, "https://b.example").pinnedRealm).toBeNull();
  });

  it("lets a test use what is kept", () => {
    expect(toTestBody(toDraft(stored), "harbour")).toEqual({
      slug: "harbour",
      url: "https://harbour.example.com",
      credentialKind: "basic",
      username: "crawler",
      pinnedRealm: null,
      repositoryNames: ["team/api"],
    });
  });

  it("reads lists from lines, blanks and commas", () => {
    const body = toConnectBody({
      ...emptyDraft,
      url: "registry.acme.io",
      slug: "acme",
      repositoryNames: "team/api, team/web\n\n other ",
      requestsPerSecond: "20",
    });
    expect(body).toMatchObject({
      url: "https://registry.acme.io",
      repositoryNames: ["team/api", "team/web", "other"],
      requestsPerSecond: 20,
      secret: null,
      username: null,
    });
    expect(body).not.toHaveProperty("name");
  });
});
