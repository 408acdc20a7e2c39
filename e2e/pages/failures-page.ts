import { expect, type Locator, type Page } from "@playwright/test";

export class FailuresPage {
  readonly page: Page;
  readonly table: Locator;
  readonly filter: Locator;
  readonly filters: Locator;
  readonly drawer: Locator;

  constructor(page: Page) {
    this.page = page;
    this.table = page.getByRole("table", { name: "Incidents" });
    this.filter = page.getByRole("searchbox", { name: "image, who or where contains …" });
    this.filters = page.getByRole("list", { name: "Filters" });
    this.drawer = page.getByRole("dialog");
  }

  async open(query: Record<string, string> = {}): Promise<void> {
    await this.page.goto(`/failures?${new URLSearchParams(query)}`);
    await expect(this.page.getByRole("heading", { level: 1 })).toContainText(/fails? now/);
  }

  row(what: string): Locator {
    return this.table.getByRole("row").filter({ hasText: what });
  }

  /** Bars of one kind: `Clients`. */
  bars(title: string): Locator {
    return this.page.getByRole("region", { name: title, exact: true });
  }
}
