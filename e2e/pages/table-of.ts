import type { Locator, Page } from "@playwright/test";

/** A plain table by the name of the frame that it scrolls in. */
export function tableOf(page: Page | Locator, name: string): Locator {
  return page.getByRole("region", { name, exact: true }).getByRole("table");
}
