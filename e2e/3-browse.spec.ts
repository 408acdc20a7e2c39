import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSkopeoHere, noSkopeo } from "#lib/testing/skopeo";
import { ArtifactPage } from "./pages/artifact-page.ts";
import { RepositoriesPage } from "./pages/repositories-page.ts";
import { RepositoryPage } from "./pages/repository-page.ts";
import { tableOf } from "./pages/table-of.ts";
import { listTags } from "./parts/call-api.ts";
import { buildWords, nameRepository, pushAndWait, waitForTag } from "./parts/content.ts";
import { stateOf } from "./parts/roles.ts";
import { skopeoCopy } from "./parts/skopeo.ts";
import { registrySlug, stack } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

const api = "prod/payments/api";

test.describe("3 browse", () => {
  test.use({ storageState: stateOf("viewer") });

  test("the list of repositories filters, sorts and folds by path on the server", async ({ page }) => {
    const list = new RepositoriesPage(page);
    // Other journeys connect registries of their own meanwhile.
    await list.open({ registry: registrySlug });
    await expect(list.table.getByRole("row").nth(1)).toBeVisible();

    await list.filter.fill("payments");
    await expect(page).toHaveURL(/[?&]q=payments/);
    await expect.poll(() => list.names()).toEqual(expect.arrayContaining([api, "dev/payments/api"]));
    await expect.poll(() => list.names()).not.toContain("base/node");
    await page.reload();
    await expect(list.filter).toHaveValue("payments");

    await list.filter.fill("nothing-is-called-so");
    await expect(page.getByRole("heading", { name: "No repository fits" })).toBeVisible();
    await list.filter.fill("");
    await expect(list.row(api)).toBeVisible();

    await list.sortBy("Repository");
    await expect(page).toHaveURL(/sort=name/);
    await expect(list.table.getByRole("columnheader", { name: "Repository" })).toHaveAttribute(
      "aria-sort",
      "ascending",
    );
    await expect.poll(async () => (await list.names())[0]).toBe("base/node");
    await list.sortBy("Repository");
    await expect.poll(async () => (await list.names()).at(-1)).toBe("base/node");

    await list.paths
      .getByRole("button", { name: "Unfold prod" })
      .or(list.paths.getByRole("link", { name: /^prod/ }))
      .first()
      .click();
    await list.paths.getByRole("link", { name: /^prod/ }).click();
    await expect(page).toHaveURL(/prefix=prod/);
    await expect.poll(() => list.names()).toEqual([api]);
  });

  test("what stands out is filtered with its count, and the address keeps it", async ({ page }) => {
    await page.setViewportSize({ width: 1600, height: 900 });
    const list = new RepositoriesPage(page);
    // Other journeys connect registries of their own meanwhile.
    await list.open({ registry: registrySlug });
    await expect(list.facet("Helm charts")).toHaveText(/[1-9]\d*$/);
    await list.facet("Helm charts").click();
    await expect(page).toHaveURL(/kind=helm-chart/);
    await expect.poll(() => list.names()).toContain("charts/storefront");
    await expect.poll(() => list.names()).not.toContain(api);
    await page.reload();
    await expect(list.facet("Helm charts")).toHaveAttribute("aria-current", "true");
    await list.facet("Helm charts").click();
    await expect(list.row(api)).toBeVisible();
    await expect(list.row(api).getByRole("img", { name: /only here, .* shared/ })).toBeVisible();
    await list.open({ protected: "true", q: "base/" });
    await expect(page.getByRole("heading", { name: "No repository fits" })).toBeVisible();
  });

  test("at every width each column stands under its head, and nothing runs into the next", async ({
    page,
  }) => {
    const list = new RepositoriesPage(page);
    // Other journeys connect registries of their own meanwhile.
    await list.open({ registry: registrySlug });
    await expect(list.row(api)).toBeVisible();
    for (const width of [360, 700, 900, 1100, 1280, 1400, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await list.row(api).evaluate((row) =>
        [...row.querySelectorAll("td")]
          .slice(1)
          .filter((cell) => cell.clientWidth > 0 && cell.scrollWidth > cell.clientWidth + 1)
          .map((cell) => cell.textContent),
      );
      expect(wide, `${width} px`).toEqual([]);
      // The columns fill the table: what is left of it belongs to the name, also while rows below are not drawn.
      const free = await list.row(api).evaluate((row) => {
        const shown = [...row.querySelectorAll("td")].filter((cell) => cell.clientWidth > 0);
        return row.getBoundingClientRect().right - (shown.at(-1)?.getBoundingClientRect().right ?? 0);
      });
      expect(Math.abs(free), `${width} px`).toBeLessThan(2);
    }
  });

  test("tags of a repository: filter, by version, several chosen, the reference is the address", async ({
    page,
  }) => {
    const list = new RepositoriesPage(page);
    await list.open({ q: "prod/payments/api" });
    await list.row(api).locator("a[data-row-link]").click();
    await expect(page).toHaveURL(new RegExp(`/images/${registrySlug}/${api}$`));

    const repository = new RepositoryPage(page, api);
    await expect(repository.row("latest")).toBeVisible();
    await page.getByRole("link", { name: "by version" }).click();
    await expect(page).toHaveURL(/sort=-semver/);
    await expect
      .poll(async () => (await repository.tags()).filter((tag) => /^v\d+\.\d+\.\d+$/.test(tag)))
      .toEqual(["v1.4.1", "v1.4.0", "v1.3.0", "v1.2.0", "v1.1.1", "v1.1.0", "v1.0.0"]);

    await repository.filter.fill("v1.4");
    await expect.poll(async () => (await repository.tags()).sort()).toEqual(["v1.4", "v1.4.0", "v1.4.1"]);
    await repository.select("v1.4.0", "v1.4.1");
    await expect(repository.chosen).toContainText("2 tags chosen");
    await expect(repository.chosen.getByRole("link", { name: "Compare" })).toBeVisible();
    await expect(repository.chosen.getByRole("button", { name: /Delete/ })).toHaveCount(0);
    await repository.chosen.getByRole("button", { name: "Clear" }).click();
    await expect(repository.chosen).toHaveCount(0);

    await repository.row("v1.4.1").locator("a[data-row-link]").click();
    await expect(page).toHaveURL(new RegExp(`/images/${registrySlug}/${api}:v1.4.1$`));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${registrySlug}/${api}:v1.4.1`);
  });

  test("one artifact: platforms, layers beside their build steps, config, referrers, raw JSON", async ({
    page,
  }) => {
    const artifact = new ArtifactPage(page, api);
    await artifact.open("v1.4.1");
    await expect(page.getByText("image index, 2 platforms")).toBeVisible();

    const platforms = tableOf(page, "Platforms");
    await expect(platforms.getByRole("row")).toHaveCount(3);
    await platforms.getByRole("link", { name: "linux/arm64/v8" }).click();
    await expect(page).toHaveURL(/platform=linux/);
    await expect(artifact.card("Layers")).toContainText("linux/arm64/v8");
    await expect(tableOf(page, "Layers").getByRole("row").nth(3)).toContainText(/\S/);

    const base = artifact.card("Layers").getByRole("link", { name: /^base\/node:/ });
    await expect(base.first()).toHaveAttribute("href", new RegExp(`^/images/${registrySlug}/base/node`));

    await artifact.openTab("Layers");
    await expect(page.getByRole("columnheader", { name: "Build step" })).toBeVisible();
    await expect(tableOf(page, "Layers")).toContainText(/COPY|RUN/);

    await artifact.openTab("Config");
    const startsWith = artifact.card("Starts with");
    await expect(startsWith).toContainText("Entrypoint");
    await expect(startsWith).toContainText("8080");
    await expect(artifact.card("Labels")).toContainText("org.opencontainers.image.");
    await expect(artifact.card("Environment")).toContainText("NODE_ENV");

    await artifact.openTab("Referrers");
    await expect(artifact.card("Referrers").getByRole("listitem").first()).toBeVisible();
    await expect(artifact.card("Referrers")).toContainText(/signature|SBOM|SPDX/i);

    await artifact.openTab("Raw");
    await expect(artifact.card("Manifest").locator("pre")).toContainText('"schemaVersion": 2');

    const downloading = page.waitForEvent("download");
    await artifact.card("Manifest").getByRole("link", { name: "Download" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^manifest-sha256-[0-9a-f]{64}\.json$/);
    const bytes = readFileSync(await download.path());
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(download.suggestedFilename()).toContain(sha256);

    const { digest = "" } = (await listTags(api, registrySlug)).find((tag) => tag.name === "v1.4.1") ?? {};
    await artifact.open(digest);
    await expect(page.getByText("tagged")).toBeVisible();
    await expect(page.getByRole("link", { name: "v1.4.1", exact: true }).first()).toBeVisible();
    await page.goto(`/images/${stack.registryHost}/${api}:v1.4.1`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${registrySlug}/${api}:v1.4.1`);
  });

  test("pull commands name the very artifact and are copied whole", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const artifact = new ArtifactPage(page, api);
    await artifact.open("v1.4.1");
    await page.getByRole("button", { name: "Pull", exact: true }).click();
    const panel = page.getByRole("dialog", { name: "Pull commands" });
    for (const tool of ["docker", "podman", "skopeo", "crane", "kubectl"])
      await expect(panel.getByText(tool, { exact: true })).toBeVisible();
    await panel.getByRole("button", { name: "Copy the command" }).first().click();
    await expect(panel.getByRole("button", { name: "Copied" })).toBeVisible();
    const command = `docker pull ${stack.registryHost}/${api}:v1.4.1`;
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command);
    await panel.getByRole("button", { name: "By digest" }).click();
    await expect(panel).toContainText(/docker pull \S+@sha256:[0-9a-f]{64}/);
  });

  test("a chart, a policy bundle and a mirrored image are shown as what they are", async ({ page }) => {
    const chart = new ArtifactPage(page, "charts/storefront");
    await chart.open("1.1.0");
    await expect(page.getByText("Helm chart storefront 1.1.0").first()).toBeVisible();
    await expect(chart.card("Chart")).toContainText("App version");
    await page.getByRole("button", { name: "Pull", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "Pull commands" })).toContainText("helm pull oci://");
    await expect(page.getByRole("dialog", { name: "Pull commands" })).not.toContainText("docker pull");

    const policy = new ArtifactPage(page, "policies/admission");
    await policy.open("current");
    await expect(policy.card("Artifact")).toContainText("application/vnd.example.policy.bundle.v1");
    await policy.openTab("Files");
    await expect(tableOf(page, "Files")).toContainText("admission.rego");

    const mirrored = new ArtifactPage(page, "mirror/library/redis");
    await mirrored.open("8.0.2");
    await mirrored.openTab("Raw");
    await expect(mirrored.card("Manifest")).toContainText(
      "application/vnd.docker.distribution.manifest.list.v2+json",
    );
  });

  test("what skopeo pushes appears by itself, and its pull is somebody's pull", async ({ page }) => {
    test.skip(!isSkopeoHere, noSkopeo);
    const name = nameRepository("skopeo");
    const image = await buildWords({ layers: ["one", "two"] });
    await pushAndWait(name, image, ["from"]);
    const repository = new RepositoryPage(page, name);
    await repository.open();
    await expect(repository.row("from")).toBeVisible();

    await skopeoCopy(`registry:${name}:from`, `registry:${name}:copied`);
    await waitForTag(name, "copied", image.digest);
    await page.reload();
    await expect(repository.row("copied")).toBeVisible();

    const folder = mkdtempSync(join(tmpdir(), "wharfinger-skopeo-"));
    await skopeoCopy(`registry:${name}:copied`, `dir:${folder}`);
    const pulled = readFileSync(join(folder, "manifest.json"));
    expect(pulled.equals(image.bytes)).toBe(true);
    rmSync(folder, { recursive: true });
    await expect
      .poll(
        async () =>
          (await listTags(name, registrySlug)).find((tag) => tag.name === "copied")?.lastPulledAt ?? null,
      )
      .not.toBeNull();
    await page.reload();
    await expect(repository.row("copied").getByRole("cell").last()).toHaveText(/ago|now/);

    const list = new RepositoriesPage(page);
    await list.open({ q: name });
    await expect(list.row(name).getByRole("img", { name: /^\d+ pulls? / })).toBeVisible();
  });
});
