import { ArtifactPage } from "./pages/artifact-page.ts";
import { RepositoryPage } from "./pages/repository-page.ts";
import { tableOf } from "./pages/table-of.ts";
import { buildWords, nameRepository, pushAndWait } from "./parts/content.ts";
import { stateOf } from "./parts/roles.ts";
import { registrySlug } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

test.describe("5 compare", () => {
  test.use({ storageState: stateOf("viewer") });

  test("two tags: layers shared, added and removed with bytes; config, env, labels, entrypoint", async ({
    page,
  }) => {
    const name = nameRepository("compare");
    const common = { layers: ["base", "old"], env: ["MODE=slow", "KEPT=1"], labels: { team: "harbour" } };
    await pushAndWait(name, await buildWords(common), ["v1"]);
    const next = {
      ...common,
      layers: ["base", "new", "more"],
      env: ["MODE=fast", "KEPT=1"],
      labels: { team: "pier" },
    };
    await pushAndWait(name, await buildWords({ ...next, entrypoint: ["/srv/serve"], ports: ["9090/tcp"] }), [
      "v2",
    ]);

    const repository = new RepositoryPage(page, name);
    await repository.open();
    await repository.select("v1", "v2");
    await repository.chosen.getByRole("link", { name: "Compare" }).click();
    await expect(page).toHaveURL(/\/compare\?from=/);
    await expect(page.getByText(/1 of \d layers shared/)).toBeVisible();
    // Chosen in the order of the list: the newest first.
    await page.getByRole("button", { name: "Swap the two" }).click();
    await expect(page.getByRole("combobox", { name: "From" })).toHaveValue(`${registrySlug}/${name}:v1`);
    await expect(page.getByText(/1 of 3 layers shared · \d changes in the config/)).toBeVisible();

    const layers = page
      .locator("section")
      .filter({ has: page.getByRole("heading", { name: "Layers", exact: true }) });
    await expect(layers.first()).toContainText(/2 layers added, [\d.]+ \w+/);
    await expect(layers.first()).toContainText(/1 removed, [\d.]+ \w+/);
    await expect(layers.first()).toContainText(/1 shared, [\d.]+ \w+/);
    await expect(tableOf(page, "Layers").getByRole("row").filter({ hasText: "+ added" })).toHaveCount(2);
    await expect(tableOf(page, "Environment")).toContainText("MODE");
    await expect(tableOf(page, "Environment")).not.toContainText("KEPT");
    await expect(tableOf(page, "Labels").getByRole("row").filter({ hasText: "team" })).toContainText(
      "harbour",
    );
    await expect(tableOf(page, "Starts with")).toContainText("/srv/serve");
    await expect(tableOf(page, "Ports").getByRole("row").filter({ hasText: "9090/tcp" })).toContainText(
      "added",
    );
    const address = page.url();
    await page.goto("/");
    await page.goto(address);
    await expect(tableOf(page, "Both sides")).toContainText("linux/amd64");
  });

  test("across repositories, from the page of a tag, and with itself", async ({ page }) => {
    const artifact = new ArtifactPage(page, "prod/payments/api");
    await artifact.open("v1.4.1");
    await page.getByRole("link", { name: "Compare" }).last().click();
    await expect(page).toHaveURL(/\/compare/);
    await page.getByRole("combobox", { name: "From" }).fill(`${registrySlug}/prod/payments/api:v1.3`);
    await page.getByRole("combobox", { name: "To" }).fill(`${registrySlug}/dev/payments/api:main`);
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await expect(tableOf(page, "Both sides")).toContainText("dev/payments/api");
    await expect(
      page.getByRole("navigation", { name: "Platform to compare" }).or(tableOf(page, "Both sides")).first(),
    ).toBeVisible();

    await page.getByRole("combobox", { name: "To" }).fill(`${registrySlug}/prod/payments/api:v1.3.0`);
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await expect(
      page.getByText("Both references lead to the same digest: there is no difference."),
    ).toBeVisible();
  });

  test("a reference that is none, or leads nowhere, is said at its field", async ({ page }) => {
    await page.goto("/compare");
    await expect(page.getByRole("heading", { name: "Choose two references" })).toBeVisible();
    await page.goto(`/compare?from=${registrySlug}/prod/payments/api:v1.3&to=${registrySlug}/no/such:tag`);
    await expect(page.getByRole("heading", { name: "These two cannot be compared" })).toBeVisible();
    await expect(page.getByText(/no\/such does not exist, or you may not see it/)).toBeVisible();
    await page.goto(`/compare?from=${registrySlug}/prod/payments/api:v1.3&to=${registrySlug}/a@sha256:zz`);
    await expect(page.getByRole("combobox", { name: "To" })).toHaveAttribute("aria-invalid", "true");
  });
});
