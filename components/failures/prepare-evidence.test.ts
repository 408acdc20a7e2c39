import { expect, it } from "vitest";
import { type Evidence, mostEvidence } from "#lib/failures/schema-incidents";
import {
  describeOrdinary,
  groupEvidence,
  prepareEvidencePlace,
  prepareEvidenceTitle,
  splitEvidence,
} from "@/components/failures/prepare-evidence";

const line = (id: string, at: string, change: Partial<Evidence> = {}): Evidence => ({
  id,
  at,
  lastAt: at,
  receivedAt: at,
  action: "pull",
  side: "log",
  source: "shipper",
  cause: "not-found",
  actor: "robot:ci",
  address: "10.0.0.1",
  agent: null,
  node: null,
  message: "manifest unknown",
  count: 1,
  raw: null,
  ...change,
});

it("says who told what, and by whom it was done", () => {
  expect(prepareEvidenceTitle({ side: "log", cause: "not-found", action: "pull" })).toBe(
    "Registry's log: not found",
  );
  expect(prepareEvidenceTitle({ side: "notification", cause: null, action: "delete" })).toBe(
    "Registry: deleted",
  );
  expect(prepareEvidenceTitle({ side: "something-new", cause: null, action: "pull" })).toBe(
    "something-new: pulled",
  );
  const told = {
    id: "1",
    at: "",
    lastAt: "",
    receivedAt: "",
    source: "",
    cause: null,
    message: null,
    count: 1,
    raw: null,
  };
  expect(
    prepareEvidencePlace({
      ...told,
      action: "pull",
      side: "kubernetes",
      actor: null,
      address: "10.0.0.1",
      agent: "containerd/2.1",
      node: "gke-a3",
    }),
  ).toBe("10.0.0.1 · node gke-a3 · containerd/2.1");
});

it("folds what was told again right after itself, and nothing else", () => {
  const groups = groupEvidence([
    line("5", "T5"),
    line("4", "T4", { count: 3 }),
    line("3", "T3", { cause: null, action: "delete", message: null }),
    line("2", "T2"),
    line("1", "T1", { address: "10.0.0.2" }),
  ]);
  expect(groups.map(({ newest, count, since }) => [newest.id, count, since])).toEqual([
    ["5", 4, "T4"],
    ["3", 1, "T3"],
    ["2", 1, "T2"],
    ["1", 1, "T1"],
  ]);
});

it("keeps what failed, and the deletion that may be why, apart from what went well", () => {
  const { telling, ordinary } = splitEvidence([
    line("5", "T5", { cause: null, count: 3 }),
    line("4", "T4"),
    line("3", "T3", { cause: null, action: "delete" }),
    line("2", "T2", { cause: null, action: "push" }),
    line("1", "T1"),
  ]);
  expect(telling.map(({ id }) => id)).toEqual(["4", "3", "1"]);
  expect(ordinary.map(({ id }) => id)).toEqual(["5", "2"]);
  expect(describeOrdinary(ordinary)).toBe("4 ordinary events beside it");
  expect(describeOrdinary(ordinary.slice(1))).toBe("1 ordinary event beside it");
});

it("says that there may be more ordinary events than were handed out", () => {
  const many = Array.from({ length: mostEvidence }, (_, index) => line(String(index), "T", { cause: null }));
  expect(describeOrdinary(many)).toBe("60 or more ordinary events beside it");
});
