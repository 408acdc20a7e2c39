import { expect, type Locator, type Page } from "@playwright/test";

export class RepositoriesPage {
  readonly page: Page;
  readonly table: Locator;
  readonly filter: Locator;
  readonly paths: Locator;

  constructor(page: Page) {
    this.page = page;
    this.table = page.getByRole("table", { name: "Repositories" });
    this.filter = page.getByRole("searchbox", { name: "name contains …" });
    this.paths = page.getByRole("navigation", { name: "Paths" });
  }

  async open(query: Record<string, string> = {}): Promise<void> {
    const search = new URLSearchParams(query).toString();
    await this.page.goto(`/images${search ? `?${search}` : ""}`);
    await expect(this.page.getByRole("heading", { name: "Repositories", level: 1 })).toBeVisible();
  }

  /** A filter beside the list, with its count at the end. */
  facet(label: string): Locator {
    return this.page
      .getByRole("complementary", { name: "Paths and filters" })
      .getByRole("link", { name: new RegExp(`^${label}`) });
  }

  row(name: string): Locator {
    return this.table
      .getByRole("row")
      .filter({ has: this.page.locator(`a[data-row-link][title$="/${name}"]`) });
  }

  /** The whole names that are shown, in their order. */
  async names(): Promise<string[]> {
    const titles = await this.table
      .locator("a[data-row-link]")
      .evaluateAll((links) => links.map((link) => link.getAttribute("title") ?? ""));
    return titles.map((title) => title.slice(title.indexOf("/") + 1));
  }

  async sortBy(head: string): Promise<void> {
    await this.table.getByRole("columnheader", { name: head }).getByRole("link").click();
  }
}
