import { expect, type Locator, type Page } from "@playwright/test";

export class Palette {
  readonly page: Page;
  readonly dialog: Locator;
  readonly field: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole("dialog", { name: "Find anything" });
    this.field = this.dialog.getByRole("combobox");
  }

  async open(): Promise<void> {
    // The keys work once the page is alive.
    await expect(async () => {
      await this.page.keyboard.press("Control+k");
      await expect(this.field).toBeFocused({ timeout: 1_000 });
    }).toPass();
  }

  option(name: string | RegExp): Locator {
    return this.dialog.getByRole("option", { name });
  }
}
