import { expect, it } from "vitest";
import { prepareWhere } from "@/components/failures/prepare-where";

const nothing = {
  cluster: null,
  namespace: null,
  workload: null,
  principal: null,
  addresses: [],
  agents: [],
};
const client = { kind: "client" as const, name: "10.0.0.9 skopeo" };

it("says where as exactly as anybody told", () => {
  const pods = {
    ...nothing,
    subject: { kind: "workload" as const, name: "shop/web" },
    namespace: "shop",
    workload: "web",
  };
  expect(prepareWhere({ ...pods, cluster: "k8s-prod" })).toBe("k8s-prod / shop / web");
  expect(prepareWhere(pods)).toBe("shop / web");
  const pulled = { ...nothing, subject: client, agents: ["skopeo/1.9.3 (linux)"], addresses: ["10.0.0.9"] };
  expect(prepareWhere({ ...pulled, principal: "robot:ci" })).toBe("robot:ci · skopeo · 10.0.0.9");
  expect(prepareWhere({ ...pulled, addresses: ["10.0.0.9", "10.0.0.8"] })).toBe("skopeo · 2 addresses");
  expect(prepareWhere({ ...nothing, subject: client })).toBe("10.0.0.9 skopeo");
});
