import { expectNothingHere } from "./pages/nothing-here.ts";
import { Palette } from "./pages/palette.ts";
import { listTags } from "./parts/call-api.ts";
import { buildWords, nameRepository, pushAndWait } from "./parts/content.ts";
import { stateOf } from "./parts/roles.ts";
import { registrySlug, stack } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

test.describe("7 find anything", () => {
  test.use({ storageState: stateOf("viewer") });

  test("the palette finds repositories, tags, registries and pages, by keyboard alone", async ({ page }) => {
    await page.goto("/");
    const palette = new Palette(page);
    await palette.open();
    await page.keyboard.type("payments");
    await expect(palette.option(/prod\/payments\/api/).first()).toBeVisible();
    await palette.field.fill("payments/api:v1.4.1");
    const tag = palette.option(/prod\/payments\/api:v1\.4\.1/).first();
    await expect(tag).toBeVisible();
    await expect(palette.option(/./).first()).toHaveAttribute("aria-selected", "true");
    await palette.field.fill("pier");
    await expect(palette.option(/pier/).first()).toBeVisible();
    await palette.field.fill("compare");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    await expect(palette.option(/Compare/)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(palette.dialog).toBeHidden();
  });

  test("a pasted reference, with the host of the registry too, and the beginning of a digest lead to the page", async ({
    page,
  }) => {
    await page.goto("/images");
    const palette = new Palette(page);
    await palette.open();
    await palette.field.fill(`${stack.registryHost}/prod/payments/api:v1.3.0`);
    await expect(palette.dialog.getByRole("status")).toHaveText("Read as a reference.");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/images/${registrySlug}/prod/payments/api:v1.3.0$`));

    const { digest = "" } =
      (await listTags("prod/payments/api", registrySlug)).find((tag) => tag.name === "v1.3.0") ?? {};
    await palette.open();
    // What was opened lately stands first when nothing is typed.
    await expect(palette.option(/v1\.3\.0/).first()).toBeVisible();
    await palette.field.fill(digest.slice("sha256:".length, "sha256:".length + 10));
    await expect(palette.dialog.getByRole("status")).toHaveText("Read as a digest.");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/images\/pier\/(dev|staging|prod)\/payments\/api(@|:)/);
  });

  test("where else is this digest", async ({ page }) => {
    const image = await buildWords({ layers: ["everywhere", nameRepository("x")] });
    const [one, two] = [nameRepository("here"), nameRepository("there")];
    await pushAndWait(one, image, ["v1"]);
    await pushAndWait(two, image, ["moved-on"]);
    await page.goto(`/images/${registrySlug}/${one}:v1`);
    const card = page
      .locator("section")
      .filter({ has: page.getByRole("heading", { name: "Where else is this digest" }) });
    await expect(card.getByRole("link", { name: `${registrySlug}/${two}` })).toBeVisible();
    await card.getByRole("link", { name: "moved-on" }).click();
    await expect(page).toHaveURL(new RegExp(`${two}:moved-on$`));
  });

  test("W2: who may not see a repository does not find it by any of its names", async ({ openAs }) => {
    const image = await buildWords({ layers: ["secret", nameRepository("x")] });
    const name = nameRepository("unseen");
    await pushAndWait(name, image, ["v1"]);
    const page = await openAs("payments");
    await page.goto("/images");
    await expect(page.getByRole("table", { name: "Repositories" }).getByRole("row")).toHaveCount(2);
    const palette = new Palette(page);
    for (const text of [name, `${registrySlug}/${name}:v1`, image.digest, image.digest.slice(7, 19)]) {
      await palette.open();
      await palette.field.fill(text);
      await expect(palette.dialog.getByRole("status")).toHaveText(
        "Nothing you may see has this name or digest.",
      );
      await page.keyboard.press("Escape");
    }
    expect((await page.goto(`/images/${registrySlug}/${name}`))?.status()).toBe(404);
    await expectNothingHere(page);
  });
});
