import { expect, type Locator, type Page } from "@playwright/test";
import { registrySlug } from "../parts/stack.ts";

export class RepositoryPage {
  readonly page: Page;
  readonly repository: string;
  readonly registry: string;
  readonly table: Locator;
  readonly filter: Locator;

  constructor(page: Page, repository: string, registry = registrySlug) {
    this.page = page;
    this.repository = repository;
    this.registry = registry;
    this.table = page.getByRole("table", { name: "Tags" });
    this.filter = page.getByRole("searchbox", { name: "tag contains …" });
  }

  get path(): string {
    return `/images/${this.registry}/${this.repository}`;
  }

  async open(search = ""): Promise<void> {
    await this.page.goto(`${this.path}${search}`);
    await expect(this.page.getByRole("heading", { level: 1 })).toContainText(this.repository);
  }

  row(tag: string): Locator {
    return this.table.getByRole("row").filter({ has: this.page.locator(`a[data-row-link][title="${tag}"]`) });
  }

  async select(...tags: string[]): Promise<void> {
    for (const tag of tags)
      await this.page.getByRole("checkbox", { name: `Select ${tag}`, exact: true }).check();
  }

  async tags(): Promise<string[]> {
    return this.table.locator("a[data-row-link]").allInnerTexts();
  }

  /** The bar over the foot of the page that tells what is chosen. */
  get chosen(): Locator {
    return this.page.getByRole("region", { name: "Chosen tags" });
  }
}
