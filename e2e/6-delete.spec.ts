import { ArtifactPage } from "./pages/artifact-page.ts";
import { RepositoryPage } from "./pages/repository-page.ts";
import { listAudit, listTags } from "./parts/call-api.ts";
import {
  buildWords,
  buildWordsIndex,
  nameRepository,
  openRegistry,
  pushAndWait,
  waitForTag,
} from "./parts/content.ts";
import { people, stateOf } from "./parts/roles.ts";
import { registrySlug } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

test.describe("6 delete", () => {
  test.use({ storageState: stateOf("engineer") });

  test("P8: deleting one tag says who shares its digest and never takes the siblings along", async ({
    page,
  }) => {
    const name = nameRepository("siblings");
    const image = await buildWords({ layers: ["shared"] });
    await pushAndWait(name, image, ["v1", "v1.0", "latest"]);
    const artifact = new ArtifactPage(page, name);
    await artifact.open("v1.0");
    await artifact.choose("Delete the tag");
    const dialog = page.getByRole("dialog", { name: "Delete the tag v1.0?" });
    await expect(dialog).toContainText("2 other tags are on the same digest and will stay:");
    for (const sibling of ["v1", "latest"])
      await expect(dialog.getByText(sibling, { exact: true })).toBeVisible();
    await expect(dialog).toContainText("cannot delete a tag by its name");
    await dialog.getByRole("button", { name: "Delete the tag" }).click();
    await expect(page.getByRole("button", { name: "Put it back" })).toBeVisible();

    const client = openRegistry();
    expect(await client.findManifestHead(name, "v1.0")).toBeNull();
    for (const tag of ["v1", "latest"])
      expect((await client.findManifestHead(name, tag))?.digest).toBe(image.digest);
    await client.close();
    expect((await listTags(name, registrySlug)).map((tag) => tag.name).sort()).toEqual(["latest", "v1"]);
    const rows = await listAudit({ repository: name, action: "tag.delete" });
    expect(rows[0]).toMatchObject({ actor: people.engineer.login, outcome: "succeeded" });

    await page.getByRole("button", { name: "Put it back" }).click();
    await waitForTag(name, "v1.0", image.digest);
  });

  test("several tags at once, and what stays of them", async ({ page }) => {
    const name = nameRepository("several");
    await pushAndWait(name, await buildWords({ layers: ["a"] }), ["a1", "a2", "a3"]);
    await pushAndWait(name, await buildWords({ layers: ["b"] }), ["b1"]);
    const repository = new RepositoryPage(page, name);
    await repository.open();
    await repository.select("a1", "a2", "b1");
    await repository.chosen.getByRole("button", { name: /Delete/ }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("3 tags go from");
    await expect(dialog).toContainText("1 other tag shares a digest with them and will stay:");
    await dialog.getByRole("button", { name: "Delete 3 tags" }).click();
    await page.getByRole("button", { name: "Back to the tags" }).click();
    await expect(repository.row("a3")).toBeVisible();
    await expect(repository.row("a1")).toHaveCount(0);
    const client = openRegistry();
    expect((await client.listTags(name)).tags).toEqual(["a3"]);
    await client.close();
  });

  test("P8: a protected repository asks for its name, and a manifest says everything it takes", async ({
    page,
  }) => {
    const name = nameRepository("x").replace("e2e/", "e2e/protected/");
    const index = await buildWordsIndex({ layers: ["multi"] });
    await pushAndWait(name, index, ["v1", "latest"]);
    const artifact = new ArtifactPage(page, name);
    await artifact.open("v1");
    await expect(page.getByText("protected", { exact: true }).first()).toBeVisible();
    await artifact.choose("Delete the manifest and its 2 tags");
    const dialog = page.getByRole("dialog", { name: /^Delete the manifest/ });
    const deed = dialog.getByRole("button", { name: "Delete the manifest and its 2 tags" });
    await expect(deed).toBeDisabled();
    const field = dialog.getByRole("textbox", { name: /This repository is protected/ });
    await field.fill(`${name}x`);
    await expect(deed).toBeDisabled();
    await field.fill(name);
    await expect(deed).toBeEnabled();
    await deed.click();
    await expect(page).toHaveURL(new RegExp(`/images/${registrySlug}/${name}$`));
    await expect(page.getByRole("heading", { name: "No tag stands here" })).toBeVisible();
    const client = openRegistry();
    expect(await client.findManifestHead(name, index.digest)).toBeNull();
    // What an index names is not deleted with it.
    for (const child of index.children)
      expect(await client.findManifestHead(name, child.digest)).not.toBeNull();
    await client.close();
    const rows = await listAudit({ repository: name, action: "manifest.delete" });
    expect(rows[0]).toMatchObject({ actor: people.engineer.login, outcome: "succeeded" });
  });

  test("who may not delete is told which role is missing, and the page offers nothing", async ({
    openAs,
  }) => {
    const page = await openAs("viewer");
    const artifact = new ArtifactPage(page, "prod/payments/api");
    await artifact.open("v1.4.1");
    await page.getByRole("button", { name: "More deeds" }).click();
    await expect(page.getByRole("menuitem", { name: "Delete the tag" })).toHaveAttribute(
      "aria-disabled",
      "true",
    );
    await expect(page.getByText("tags.delete")).toBeVisible();
  });
});
