import { Palette } from "./pages/palette.ts";
import { RepositoriesPage } from "./pages/repositories-page.ts";
import { RepositoryPage } from "./pages/repository-page.ts";
import { stateOf } from "./parts/roles.ts";
import { expect, test } from "./parts/test.ts";

test.describe("keyboard", () => {
  test.use({ storageState: stateOf("viewer") });

  test("/ filters, Esc leaves, j and k walk, Enter opens, x selects, ? shows the keys", async ({ page }) => {
    const list = new RepositoriesPage(page);
    await list.open({ sort: "name" });
    await expect(list.row("base/node")).toBeVisible();
    await expect(async () => {
      await page.keyboard.press("/");
      await expect(list.filter).toBeFocused({ timeout: 1_000 });
    }).toPass();
    await page.keyboard.type("payments/api");
    await expect
      .poll(() => list.names())
      .toEqual(["dev/payments/api", "prod/payments/api", "staging/payments/api"]);
    await page.keyboard.press("Escape");
    await expect(list.filter).not.toBeFocused();
    await expect(list.filter).toHaveValue("payments/api");
    // The rows may still be settling after the filter; k stops at the first of them.
    await expect(async () => {
      for (const key of ["j", "k", "k"]) await page.keyboard.press(key);
      await expect(list.row("dev/payments/api").getByRole("link").first()).toBeFocused({ timeout: 1_000 });
      await page.keyboard.press("j");
      await expect(list.row("prod/payments/api").getByRole("link").first()).toBeFocused({ timeout: 1_000 });
    }).toPass();
    await page.keyboard.press("Enter");

    const repository = new RepositoryPage(page, "prod/payments/api");
    await expect(page).toHaveURL(/prod\/payments\/api$/);
    await expect(repository.table).toBeVisible();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await expect(repository.chosen).toContainText("1 tag chosen");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await expect(repository.chosen).toContainText("2 tags chosen");
    await page.keyboard.press("Escape");
    await expect(repository.chosen).toHaveCount(0);

    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(help).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(help).toBeHidden();
  });

  test("keys pressed faster than the screen draws are all heard", async ({ page }) => {
    const repository = new RepositoryPage(page, "prod/payments/api");
    await repository.open();
    await expect(async () => {
      await page.keyboard.press("k");
      await expect(repository.table.locator("a[data-row-link]").first()).toBeFocused({ timeout: 1_000 });
    }).toPass();
    await page.evaluate(() => {
      for (const key of "kxjxjxjk")
        document.activeElement?.dispatchEvent(
          new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
        );
    });
    await expect(repository.chosen).toContainText("3 tags chosen");
    const focused = repository.table.locator("[data-row]").filter({ has: page.locator("a:focus") });
    await expect(focused).toHaveAttribute("data-row", "2");
  });

  test("single keys can be switched off; Ctrl K stays", async ({ page }) => {
    const list = new RepositoriesPage(page);
    await list.open();
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(async () => {
      await page.keyboard.press("?");
      await expect(help).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await help.getByRole("checkbox", { name: "Single-key shortcuts" }).uncheck();
    await page.keyboard.press("Escape");
    await expect(help).toBeHidden();
    await page.keyboard.press("/");
    await expect(list.filter).not.toBeFocused();
    await page.keyboard.press("?");
    await page.keyboard.press("j");
    await expect(help).toBeHidden();
    await expect(list.table.locator("a:focus")).toHaveCount(0);
    await new Palette(page).open();
    await page.keyboard.press("Escape");

    await page.reload();
    await expect(list.row("base/node").or(list.table).first()).toBeVisible();
    await new Palette(page).open();
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await expect(list.filter).not.toBeFocused();
  });

  test("a key press meant for a field is no shortcut", async ({ page }) => {
    await page.goto("/compare");
    await page.getByRole("combobox", { name: "From" }).fill("");
    await page.getByRole("combobox", { name: "From" }).press("?");
    await page.getByRole("combobox", { name: "From" }).press("/");
    await expect(page.getByRole("combobox", { name: "From" })).toHaveValue("?/");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toHaveCount(0);
  });
});
