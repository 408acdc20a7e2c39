import { findContainerd, startContainerd } from "#lib/testing/containerd";
import { isSkopeoHere, noSkopeo } from "#lib/testing/skopeo";
import { RepositoryPage } from "./pages/repository-page.ts";
import { listTags } from "./parts/call-api.ts";
import { buildWordsIndex, nameRepository, pushAndWait, waitForTag } from "./parts/content.ts";
import { stateOf } from "./parts/roles.ts";
import { skopeoCopy } from "./parts/skopeo.ts";
import { registrySlug, stack } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

test.describe("real clients", () => {
  test.use({ storageState: stateOf("viewer") });

  test("skopeo copies an index with all its platforms, and the console shows them", async ({ page }) => {
    test.skip(!isSkopeoHere, noSkopeo);
    const [from, to] = [nameRepository("skopeo-from"), nameRepository("skopeo-to")];
    const index = await buildWordsIndex({ layers: ["multi"] });
    await pushAndWait(from, index, ["v1"]);
    await skopeoCopy(`registry:${from}:v1`, `registry:${to}:v1`, ["--all"]);
    await waitForTag(to, "v1", index.digest);
    const repository = new RepositoryPage(page, to);
    await repository.open();
    await expect(repository.row("v1")).toContainText("linux/amd64, linux/arm64/v8");
  });

  test("containerd pulls an image by the command of the console, and it counts as a pull", async ({
    page,
  }) => {
    const found = findContainerd();
    test.skip("missing" in found, "missing" in found ? found.missing : "");
    if ("missing" in found) return;
    const containerd = await startContainerd(found.folder);
    try {
      const repository = "prod/payments/api";
      const { digest = "" } =
        (await listTags(repository, registrySlug)).find((tag) => tag.name === "v1.4.1") ?? {};
      const { user, password } = stack.pushLogin;
      const reference = `${stack.registryHost}/${repository}:v1.4.1`;
      const login = ["--plain-http", "--user", `${user}:${password}`];
      await containerd.ctr(["content", "fetch", ...login, "--platform", "linux/amd64", reference]);
      expect(await containerd.ctr(["content", "ls", "-q"])).toContain(digest);
      expect(await containerd.ctr(["images", "ls", "-q"])).toContain(reference);
      const list = new RepositoryPage(page, repository);
      await list.open("?q=v1.4.1");
      await expect
        .poll(
          async () =>
            (await listTags(repository, registrySlug)).find((tag) => tag.name === "v1.4.1")?.lastPulledAt,
        )
        .toBeTruthy();
      await page.reload();
      await expect(list.row("v1.4.1").getByRole("cell").last()).toHaveText(/ago|now/);
    } finally {
      await containerd.stop();
    }
  });
});
