import { describe, expect, it } from "vitest";
import { prepareDistributionAuth, prepareSetup } from "#lib/enforcement/rules-setup";

const trust = {
  realm: "https://wharfinger.example.com/api/token",
  service: "prod",
  issuer: "https://wharfinger.example.com",
  rootPem: "-----BEGIN CERTIFICATE-----\nroot\n-----END CERTIFICATE-----\n",
  jwks: { keys: [{ kid: "one" }, { kid: "two" }] },
  publicKeyPem: "-----BEGIN PUBLIC KEY-----\nkey\n-----END PUBLIC KEY-----\n",
};

describe("what an operator pastes", () => {
  const [two, three, zot] = prepareSetup(trust);

  it("names the same realm, service and issuer as the registries that we run ourselves", () => {
    const own = prepareDistributionAuth(trust, { rootCertBundle: "/etc/wharfinger/prod-root.pem" });
    const lines = Object.entries(own.token).map(([name, value]) => `    ${name}: ${value}`);
    expect(two?.configuration).toBe(`auth:\n  token:\n${lines.join("\n")}\n`);
    expect(two?.files).toEqual([{ name: "prod-root.pem", content: trust.rootPem }]);
  });

  it("gives distribution 3 every published key, and one algorithm", () => {
    expect(JSON.parse(three?.files[0]?.content ?? "")).toEqual(trust.jwks);
    expect(three?.configuration).toContain(
      "    jwks: /etc/wharfinger/prod.jwks.json\n    signingalgorithms:\n      - ES256\n",
    );
    expect(three?.configuration).not.toContain("rootcertbundle");
  });

  it("gives zot its one key, and says what that means", () => {
    expect(JSON.parse(zot?.configuration ?? "")).toEqual({
      http: { auth: { bearer: { realm: trust.realm, service: "prod", cert: "/etc/wharfinger/prod.pem" } } },
    });
    expect(zot?.files).toEqual([{ name: "prod.pem", content: trust.publicKeyPem }]);
    expect(zot?.notes.join(" ")).toMatch(/rotation is a change of its configuration.*clocks/s);
  });

  it("says of each how long a revoked grant can live", () => {
    expect(two?.notes.at(-1)).toMatch(/up to 6 minutes/);
    expect(three?.notes.at(-1)).toMatch(/up to 6 minutes/);
    expect(zot?.notes.at(-1)).toMatch(/up to 5 minutes/);
  });
});
