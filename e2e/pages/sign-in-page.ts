import { expect, type Page } from "@playwright/test";

export class SignInPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto("/sign-in");
    await expect(this.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  }

  async fill(login: string, password: string): Promise<void> {
    await this.page.getByLabel("Login").fill(login);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
  }

  /** Signs in and waits until the sign-in page is left. */
  async signIn(login: string, password: string): Promise<void> {
    await this.fill(login, password);
    await this.page.waitForURL((url) => url.pathname !== "/sign-in" && !url.pathname.startsWith("/api/"));
  }
}

/** Signs out by the menu at the foot of the navigation. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /account and appearance/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
}
