import { expect, type Locator, type Page } from "@playwright/test";
import { registrySlug } from "../parts/stack.ts";

export class ArtifactPage {
  readonly page: Page;
  readonly repository: string;
  readonly registry: string;

  constructor(page: Page, repository: string, registry = registrySlug) {
    this.page = page;
    this.repository = repository;
    this.registry = registry;
  }

  pathOf(reference: string): string {
    return `/images/${this.registry}/${this.repository}${reference.includes(":") ? "@" : ":"}${reference}`;
  }

  async open(reference: string): Promise<void> {
    await this.page.goto(this.pathOf(reference));
    await expect(this.page.getByRole("heading", { level: 1 })).toContainText(this.repository);
  }

  async openTab(name: string): Promise<void> {
    const tab = this.page
      .getByRole("navigation", { name: "Views of this artifact" })
      .getByRole("link", { name: new RegExp(`^${name}`) });
    await tab.click();
    await expect(tab).toHaveAttribute("aria-current", "page");
  }

  /** The box under a heading of its own. */
  card(title: string): Locator {
    return this.page
      .locator("section")
      .filter({ has: this.page.getByRole("heading", { level: 2, name: title, exact: true }) });
  }

  get history(): Locator {
    return this.card("History of this tag");
  }

  /** Opens the menu of what destroys and chooses from it. */
  async choose(deed: string | RegExp): Promise<void> {
    await this.page.getByRole("button", { name: "More deeds" }).click();
    await this.page.getByRole("menuitem", { name: deed }).click();
  }
}
