import { expect, type Page } from "@playwright/test";

/** The page for what is not there and for what one may not see: they are the same. */
export async function expectNothingHere(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: /^There is nothing at this address/ })).toBeVisible();
}
