import { describe, expect, it } from "vitest";
import { describeIncident, type WordedIncident } from "#lib/failures/rules-incident-words";
import { type FailureCause, failureCauses } from "#lib/failures/schema";

const incident: WordedIncident = {
  repository: "payments/api",
  reference: "v2",
  cause: "not-found",
  subject: { kind: "workload", name: "prod/shop/Deployment/api" },
  principal: null,
  namespace: "shop",
  workload: "Deployment/api",
  addresses: ["10.0.0.9"],
  agents: ["containerd/v1.7.2"],
  nodes: ["n1"],
};
const principal: Partial<WordedIncident> = {
  subject: { kind: "principal", name: "ci-payments" },
  principal: "ci-payments",
  namespace: null,
  workload: null,
};
const client: Partial<WordedIncident> = {
  subject: { kind: "client", name: "10.0.0.8 skopeo" },
  namespace: null,
  workload: null,
  addresses: ["10.0.0.8"],
  agents: ["skopeo/1.9.3"],
};

const table: [FailureCause, Partial<WordedIncident>, string][] = [
  ["tag-deleted", {}, "payments/api:v2 was deleted while Deployment/api in shop still pulls it"],
  ["no-grant", principal, "ci-payments has no grant to pull payments/api"],
  [
    "no-grant",
    { principal: "puller" },
    "puller has no grant to pull payments/api for Deployment/api in shop",
  ],
  ["not-signed-in", client, "Nobody signed in to pull payments/api:v2"],
  ["not-signed-in", {}, "Deployment/api in shop does not sign in to pull payments/api:v2"],
  ["not-found", client, "skopeo at 10.0.0.8 pulls payments/api:v2, which the registry does not have"],
  [
    "unknown",
    { ...client, addresses: [], agents: [] },
    "A client cannot pull payments/api:v2, for a reason that we do not know",
  ],
  [
    "denied-or-missing",
    { ...principal, reference: null },
    "payments/api is missing, or ci-payments may not pull it",
  ],
  [
    "content-missing",
    { reference: `sha256:${"a".repeat(64)}` },
    "A part of payments/api@sha256:aaaaaaaaaaaa is gone, so Deployment/api in shop cannot pull it",
  ],
  ["node-disk-full", {}, "n1 has no room left for payments/api:v2, which Deployment/api in shop needs"],
  [
    "node-disk-full",
    { nodes: ["n1", "n2"] },
    "2 nodes have no room left for payments/api:v2, which Deployment/api in shop needs",
  ],
  [
    "address-not-allowed",
    principal,
    "The registry's firewall does not let ci-payments pull payments/api:v2 from 10.0.0.9",
  ],
];

describe("an incident in a sentence", () => {
  it.each(table)("%s %#", (cause, given, sentence) => {
    expect(describeIncident({ ...incident, ...given, cause })).toBe(sentence);
  });

  it("has one for each cause, which names the repository and is no shout", () => {
    const said = failureCauses.map((cause) => describeIncident({ ...incident, cause }));
    expect(new Set(said).size).toBe(failureCauses.length);
    for (const sentence of said) {
      expect(sentence).toContain("payments/api");
      expect(sentence).not.toMatch(/[!.]$/);
    }
  });
});
