import { describe, expect, it } from "vitest";
import { type MatrixCell, prepareMatrixCell, reachesColumn } from "@/components/access/prepare-matrix-cell";

const cell = (part: Partial<MatrixCell>): MatrixCell => ({
  pull: "none",
  push: "none",
  delete: "none",
  warning: null,
  expiresAt: null,
  ...part,
});
const show = (part: Partial<MatrixCell>) => prepareMatrixCell(cell(part), "robot ci", "prod");

describe("a cell of the matrix", () => {
  it("is louder for push than for pull", () => {
    expect(show({ pull: "all" })).toMatchObject({ word: "pull", tone: "quiet", partial: false });
    expect(show({ pull: "all", push: "all" })).toMatchObject({ word: "push", tone: "loud" });
    expect(show({ pull: "all", push: "all", delete: "all" })).toMatchObject({ word: "all", tone: "loud" });
    expect(show({ delete: "all" })).toMatchObject({ word: "delete", tone: "loud" });
    expect(show({})).toMatchObject({ word: "·", tone: "none" });
  });

  it("says in words what it says in colour", () => {
    const shown = show({
      pull: "all",
      push: "some",
      warning: "A person may push to a protected repository.",
    });
    expect(shown.tone).toBe("danger");
    expect(shown.partial).toBe(true);
    expect(shown.title).toBe(
      "robot ci may pull and push some in prod. A person may push to a protected repository.",
    );
  });
});

describe("grants that matter for a column", () => {
  const folder = { path: "prod", isRepository: false, repositoryCount: 12 };
  const repository = { path: "prod/api", isRepository: true, repositoryCount: 1 };

  it("reach a folder from above, inside, and never from beside", () => {
    for (const pattern of ["**", "prod/**", "prod/*", "prod/api", "prod/team/**"])
      expect(reachesColumn(pattern, folder), pattern).toBe(true);
    for (const pattern of ["*", "production/**", "prod", "dev/**", null, "no//pattern"])
      expect(reachesColumn(pattern, folder), String(pattern)).toBe(false);
  });

  it("reach a repository when they match it", () => {
    for (const pattern of ["**", "prod/*", "prod/api"])
      expect(reachesColumn(pattern, repository), pattern).toBe(true);
    for (const pattern of ["prod/api/**", "prod/web", "*"])
      expect(reachesColumn(pattern, repository), pattern).toBe(false);
  });
});
