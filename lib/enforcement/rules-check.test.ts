import { describe, expect, it } from "vitest";
import {
  type EnforcementStep,
  findClockWarning,
  judgeChallenge,
  listRealmWarnings,
  summariseSteps,
} from "#lib/enforcement/rules-check";
import { parseChallenges } from "#lib/oci/challenge";

const expected = {
  registryUrl: "https://registry.example.com",
  realm: "https://wharfinger.example.com/api/token",
  service: "prod",
};
const judge = (status: number, header?: string) =>
  judgeChallenge({ status, challenges: parseChallenges(header) }, expected);
const bearer = (realm: string, service = "prod") => `Bearer realm="${realm}",service="${service}"`;

describe("the challenge of a registry", () => {
  it("is ours at our address, and at our path behind the registry's own name", () => {
    for (const realm of [expected.realm, "https://registry.example.com/api/token"]) {
      const { steps, realm: found } = judge(401, bearer(realm));
      expect(found?.href).toBe(realm);
      expect(steps).toMatchObject([{ name: "challenge", outcome: "passed" }]);
    }
  });

  it.each([
    ["nothing asked for", 200, undefined, "challenge"],
    ["a login of its own", 401, 'Basic realm="x"', "challenge"],
    ["no way in at all", 401, undefined, "challenge"],
    ["another token service", 401, bearer("https://auth.example.com/api/token"), "realm"],
    ["another path", 401, bearer("https://wharfinger.example.com/token"), "realm"],
    ["another name of itself", 401, bearer(expected.realm, "staging"), "realm"],
    ["no address at all", 401, bearer("not an address"), "realm"],
  ] as const)("is none of ours: %s", (_, status, header, failed) => {
    const { steps, realm } = judge(status, header);
    expect(realm).toBeNull();
    expect(steps.find((step) => step.outcome === "failed")?.name).toBe(failed);
    expect(summariseSteps(steps)).toBe("off");
  });

  it("says nothing when the registry is broken or in the way of something else", () => {
    for (const status of [500, 404, 302]) expect(summariseSteps(judge(status).steps)).toBe("unknown");
  });
});

describe("the summary", () => {
  const steps = (outcomes: Partial<Record<EnforcementStep["name"], EnforcementStep["outcome"]>>) =>
    (["challenge", "realm", "own-token", "anonymous-pull", "foreign-push"] as const).map((name) => ({
      name,
      outcome: outcomes[name] ?? "passed",
      text: "",
    }));

  it("says on only when it was seen", () => {
    expect(summariseSteps(steps({}))).toBe("on");
    expect(summariseSteps(steps({ realm: "unknown", "anonymous-pull": "unknown" }))).toBe("on");
    expect(summariseSteps(steps({ "foreign-push": "unknown" }))).toBe("unknown");
    expect(summariseSteps(steps({ "own-token": "failed" }))).toBe("unknown");
    expect(summariseSteps(steps({ "anonymous-pull": "failed" }))).toBe("off");
    expect(summariseSteps(steps({ "foreign-push": "failed", "own-token": "unknown" }))).toBe("off");
  });
});

describe("warnings about the token service", () => {
  const warn = (realm: string, registry: string, addresses: string[] = []) =>
    listRealmWarnings(new URL(realm), registry, addresses).join(" ");

  it("none under one name, whatever the port", () => {
    expect(warn("https://registry.example.com/api/token", "https://registry.example.com")).toBe("");
    expect(warn("http://localhost:3000/api/token", "http://localhost:5000", ["127.0.0.1", "::1"])).toBe("");
  });

  it("plain http for an https registry, and where others can listen", () => {
    expect(warn("http://registry.example.com/api/token", "https://registry.example.com")).toMatch(
      /crane, cosign and others refuse/,
    );
    expect(warn("http://console.lan/api/token", "http://console.lan:5000", ["10.1.1.1"])).toMatch(
      /travel unprotected/,
    );
  });

  it("private addresses and names of this machine, as crane and oras see them", () => {
    expect(warn("https://10.0.0.7/api/token", "https://registry.example.com")).toMatch(/crane and cosign/);
    expect(warn("https://[fd00::7]/api/token", "https://registry.example.com")).toMatch(/crane and cosign/);
    expect(
      warn("https://console.example.com/api/token", "https://registry.example.com", ["127.0.0.1"]),
    ).toMatch(/oras refuses/);
    expect(
      warn("https://console.example.com/api/token", "https://registry.example.com", ["203.0.113.7"]),
    ).toMatch(/Most clients follow/);
  });
});

describe("the warning about clocks", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const off = (seconds: number) => new Date(now.getTime() + seconds * 1000);

  it("comes with a few seconds at zot, and with half a minute at distribution", () => {
    expect(findClockWarning(off(2), now, "key")).toBeNull();
    expect(findClockWarning(off(4), now, "key")).toMatch(/4 seconds ahead/);
    expect(findClockWarning(off(-29), now, "certificate")).toBeNull();
    expect(findClockWarning(off(-90), now, "jwks")).toMatch(/90 seconds behind/);
    expect(findClockWarning(null, now, "key")).toBeNull();
  });
});
