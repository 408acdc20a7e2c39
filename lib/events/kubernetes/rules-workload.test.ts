import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateWorkload, type PodOwner } from "#lib/events/kubernetes/rules-workload";

function workloadOf(name: string, labels: Record<string, string> = {}, owner: PodOwner | null = null) {
  return evaluateWorkload({ name, owner, labels: new Map(Object.entries(labels)) });
}

describe("by the name", () => {
  it.each([
    ["api-7d9c8b6f5d-x2x4z", "Deployment/api"],
    ["restricteddeploy-66bddd5dc8-9ggwb", "Deployment/restricteddeploy"],
    ["my-app-v2-5c689d88bb-qv4hf", "Deployment/my-app-v2"],
    ["web-6b7c8d9-x2x4z", "Deployment/web"],
    ["checkout-6f7d9c5b8-abcde", "Deployment/checkout"],
    ["legacy-2035384211-x2x4z", "Deployment/legacy"],
    ["db-0", "StatefulSet/db"],
    ["kafka-broker-12", "StatefulSet/kafka-broker"],
    ["nightly-28391234-abcde", "CronJob/nightly"],
    ["old-nightly-1612345678-x2x4z", "CronJob/old-nightly"],
    ["agent-x2x4z", "Workload/agent"],
    ["node-exporter-bt7ws", "Workload/node-exporter"],
    ["my-nginx", "Pod/my-nginx"],
    ["web-proxy", "Pod/web-proxy"],
    ["debug", "Pod/debug"],
    [`${"a".repeat(52)}-7d9c8x2x4z`, `Workload/${"a".repeat(52)}`],
  ])("%s is of %s", (name, workload) => {
    expect(workloadOf(name)).toBe(workload);
  });
});

describe("by owner and labels", () => {
  it.each<[string, Record<string, string>, PodOwner | null, string]>([
    ["api-7d9c8b6f5d-x2x4z", {}, { kind: "ReplicaSet", name: "api-7d9c8b6f5d" }, "Deployment/api"],
    ["agent-x2x4z", {}, { kind: "DaemonSet", name: "agent" }, "DaemonSet/agent"],
    ["nightly-28391234-x2x4z", {}, { kind: "Job", name: "nightly-28391234" }, "CronJob/nightly"],
    ["migrate-x2x4z", {}, { kind: "Job", name: "migrate" }, "Job/migrate"],
    ["kube-proxy-node", {}, { kind: "Node", name: "node" }, "Pod/kube-proxy-node"],
    ["odd-name-aaa-aaaaa", { "pod-template-hash": "aaa" }, null, "Deployment/odd-name"],
    ["migrate-0-x2x4z", { "batch.kubernetes.io/job-name": "migrate" }, null, "Job/migrate"],
    ["agent-x2x4z", { "controller-revision-hash": "7d9c8b6f5d" }, null, "DaemonSet/agent"],
    ["db-0", { "controller-revision-hash": "db-7d9c8b6f5d" }, null, "StatefulSet/db"],
  ])("%s", (name, labels, owner, workload) => {
    expect(workloadOf(name, labels, owner)).toBe(workload);
  });
});

const made = (least: number, most: number) =>
  fc.string({
    minLength: least,
    maxLength: most,
    unit: fc.constantFrom(..."bcdfghjklmnpqrstvwxz2456789"),
  });
const named = fc
  .stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z][a-z0-9]{0,8}){0,2}$/)
  .filter((name) => name.length <= 40);

it("is one for all pods of one Deployment, and for all of its revisions", () => {
  fc.assert(
    fc.property(
      named,
      fc.array(fc.tuple(made(8, 10), made(5, 5)), { minLength: 1, maxLength: 40 }),
      (name, pods) => {
        const workloads = new Set(pods.map(([hash, end]) => workloadOf(`${name}-${hash}-${end}`)));
        // A hash of digits only may be a time of a CronJob.
        fc.pre(pods.every(([hash]) => /[a-z]/.test(hash)));
        expect([...workloads]).toEqual([`Deployment/${name}`]);
      },
    ),
  );
});

it("is one for all pods of one DaemonSet, and two for two", () => {
  fc.assert(
    fc.property(named, named, made(5, 5), made(5, 5), (one, other, end, otherEnd) => {
      fc.pre(one !== other && !/-[a-z0-9]{5,10}$/.test(one) && !/-[a-z0-9]{5,10}$/.test(other));
      expect(workloadOf(`${one}-${end}`)).toBe(workloadOf(`${one}-${otherEnd}`));
      expect(workloadOf(`${one}-${end}`)).not.toBe(workloadOf(`${other}-${end}`));
    }),
  );
});

it("answers for any name", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 253 }), (name) => {
      expect(workloadOf(name)).toMatch(/^(?:Deployment|CronJob|StatefulSet|Workload|Pod)\//);
    }),
  );
});
