import { ArtifactPage } from "./pages/artifact-page.ts";
import { RepositoryPage } from "./pages/repository-page.ts";
import { listAudit, listMoves } from "./parts/call-api.ts";
import { buildWords, nameRepository, openRegistry, pushAndWait, waitForTag } from "./parts/content.ts";
import { people, stateOf } from "./parts/roles.ts";
import { registrySlug } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

test.describe("4 tag history", () => {
  test.use({ storageState: stateOf("engineer") });

  test("every move is kept with who and by what; a tag goes back in two clicks, with an audit row", async ({
    page,
  }) => {
    const name = nameRepository("history");
    const [first, second] = [
      await buildWords({ layers: ["one"] }),
      await buildWords({ layers: ["one", "two"] }),
    ];
    await pushAndWait(name, first, ["stable"]);
    await pushAndWait(name, second, ["stable", "v2"]);

    const artifact = new ArtifactPage(page, name);
    await artifact.open("stable");
    const moves = artifact.history.getByRole("listitem");
    await expect(moves).toHaveCount(2);
    await expect(moves.first()).toContainText("current");
    await expect(moves.first()).toContainText("pushed by demo");
    await expect(moves.last()).toContainText(first.digest.slice(0, 15));

    await moves
      .last()
      .getByRole("button", { name: /^Put the tag back/ })
      .click();
    const question = page.getByRole("dialog", { name: "Put the tag back" });
    await expect(question).toContainText("Put stable back?");
    await expect(question).toContainText(second.digest.slice(0, 15));
    await question.getByRole("button", { name: "Put the tag back" }).click();
    await expect(moves).toHaveCount(3);
    await expect(moves.first()).toContainText(`put back by ${people.engineer.login}`);
    await expect(moves.first()).toContainText("current");

    const client = openRegistry();
    expect((await client.findManifestHead(name, "stable"))?.digest).toBe(first.digest);
    expect((await client.findManifestHead(name, "v2"))?.digest).toBe(second.digest);
    await client.close();
    const [newest] = await listMoves(name, registrySlug);
    expect(newest).toMatchObject({
      tag: "stable",
      digest: first.digest,
      previousDigest: second.digest,
      source: "console",
    });
    const [row] = await listAudit({ repository: name, action: "tag." });
    expect(row).toMatchObject({ actor: people.engineer.login, outcome: "succeeded" });
    expect(JSON.stringify([row?.before, row?.after])).toContain(first.digest);
  });

  test("a deleted tag keeps its history and can be put back from it", async ({ page }) => {
    const name = nameRepository("gone");
    const image = await buildWords({ layers: ["kept"] });
    await pushAndWait(name, image, ["v1", "v1.0"]);
    const artifact = new ArtifactPage(page, name);
    await artifact.open("v1");
    await artifact.choose("Delete the tag");
    await page.getByRole("dialog").getByRole("button", { name: "Delete the tag" }).click();
    await expect(page.getByText("This tag does not exist now")).toBeVisible();
    await expect(artifact.history.getByRole("listitem").first()).toContainText("deleted in the console");

    const repository = new RepositoryPage(page, name);
    await repository.open();
    await expect(repository.row("v1.0")).toBeVisible();
    await expect(repository.row("v1")).toHaveCount(0);
    await page.getByRole("link", { name: "History" }).click();
    await expect(page.getByRole("region", { name: "History" }).getByRole("listitem")).not.toHaveCount(0);
    await page
      .getByRole("region", { name: "History" })
      .getByRole("link", { name: "v1", exact: true })
      .first()
      .click();

    await artifact.history.getByRole("button", { name: /^Put the tag back/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Put the tag back" }).click();
    await expect(artifact.history.getByRole("listitem").first()).toContainText("put back by");
    await waitForTag(name, "v1", image.digest);
  });

  test("somebody without the permission sees the history, and why they cannot put it back", async ({
    openAs,
  }) => {
    const name = nameRepository("looked-at");
    await pushAndWait(name, await buildWords({ layers: ["a"] }), ["v1"]);
    await pushAndWait(name, await buildWords({ layers: ["b"] }), ["v1"]);
    const page = await openAs("viewer");
    const artifact = new ArtifactPage(page, name);
    await artifact.open("v1");
    await artifact.history
      .getByRole("listitem")
      .last()
      .getByRole("button", { name: "Put back" })
      .press("Enter");
    await expect(page.getByRole("dialog", { name: "Why the tag cannot be put back" })).toContainText(
      "tags.write",
    );
  });
});
