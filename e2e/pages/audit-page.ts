import { expect, type Locator, type Page } from "@playwright/test";
import { tableOf } from "./table-of.ts";

export class AuditPage {
  readonly page: Page;
  readonly table: Locator;
  readonly drawer: Locator;

  constructor(page: Page) {
    this.page = page;
    this.table = tableOf(page, "Audit");
    this.drawer = page.getByRole("dialog");
  }

  async open(query: Record<string, string> = {}): Promise<void> {
    await this.page.goto(`/audit?${new URLSearchParams(query)}`);
    await expect(this.page.getByRole("heading", { name: "Audit", level: 1 })).toBeVisible();
  }

  /** Rows of an action on a target. */
  row(action: string, target: string): Locator {
    return this.table
      .getByRole("row")
      .filter({ has: this.page.getByRole("button", { name: action, exact: true }) })
      .filter({ hasText: target });
  }
}
