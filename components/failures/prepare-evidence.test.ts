import { expect, it } from "vitest";
import { prepareEvidencePlace, prepareEvidenceTitle } from "@/components/failures/prepare-evidence";

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
