import { expect, type Locator, type Page } from "@playwright/test";

export class ConnectPage {
  readonly page: Page;
  readonly steps: Locator;

  constructor(page: Page) {
    this.page = page;
    this.steps = page.getByRole("list", { name: "Steps of the test" });
  }

  async open(): Promise<void> {
    await this.page.goto("/registries/new");
    await expect(this.page.getByRole("heading", { name: "Connect a registry", level: 1 })).toBeVisible();
  }

  async fill(registry: {
    url: string;
    slug: string;
    user?: string;
    password?: string;
    caPem?: string;
    names?: readonly string[];
  }): Promise<void> {
    const { page } = this;
    await page.getByLabel("Address", { exact: true }).fill(registry.url);
    await page.getByLabel("Slug").fill(registry.slug);
    if (registry.caPem) await page.getByLabel(/^Own CA/).fill(registry.caPem);
    if (registry.user) {
      await page.getByLabel("Kind").selectOption("basic");
      await page.getByLabel("User name").fill(registry.user);
      await page.getByLabel("Password").fill(registry.password ?? "");
    }
    if (registry.names) {
      await page.getByLabel("Repository names come from").selectOption("list");
      await page.getByLabel("Repositories", { exact: true }).fill(registry.names.join("\n"));
    }
  }

  async test(): Promise<void> {
    await this.page.getByRole("button", { name: "Test the connection" }).click();
    await expect(
      this.page.locator('[aria-live="polite"][aria-busy="false"]').filter({ has: this.steps }),
    ).toBeVisible();
  }

  step(label: string): Locator {
    return this.steps.getByRole("listitem").filter({ hasText: new RegExp(`^${label}`) });
  }

  async connect(): Promise<void> {
    await this.page.getByRole("button", { name: "Connect and start the first sync" }).click();
    await this.page.waitForURL(/\/registries\/[a-z0-9-]+\?tab=sync/);
  }
}
