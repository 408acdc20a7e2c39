import { expect, type Locator, type Page } from "@playwright/test";

export class AccessPage {
  readonly page: Page;
  /** What the editor says a grant will do. */
  readonly preview: Locator;

  constructor(page: Page) {
    this.page = page;
    this.preview = page.locator("section").filter({
      has: page.getByRole("heading", { name: "What it will do" }),
    });
  }

  /** On the page of a principal: makes a secret and gives back what was shown once. */
  async makeSecret(name: string): Promise<string> {
    await this.page.getByRole("button", { name: "Make a secret" }).click();
    const dialog = this.page.getByRole("dialog");
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByRole("button", { name: "Make the secret" }).click();
    await expect(dialog.getByRole("heading", { name: `${name} was made` })).toBeVisible();
    const secret = (await dialog.locator("code").first().innerText()).trim();
    expect(secret).toMatch(/^wfs_[\w-]{43}$/);
    await dialog.getByRole("button", { name: "Kubernetes" }).click();
    await expect(dialog.locator("pre")).toContainText("kubernetes.io/dockerconfigjson");
    await dialog.getByRole("button", { name: "docker login" }).click();
    await expect(dialog.locator("pre")).toContainText(secret);
    await dialog.getByRole("button", { name: "I have copied it" }).click();
    await expect(dialog).toBeHidden();
    return secret;
  }

  /** A cell of the matrix. */
  cell(principal: string, column: string): Locator {
    return this.page
      .getByRole("row")
      .filter({ has: this.page.getByRole("rowheader").filter({ hasText: principal }) })
      .getByRole("link", { name: new RegExp(` ${column}[.]?( |$)`) });
  }

  /** The checkbox of an action in the editor. */
  action(name: string): Locator {
    return this.page.getByRole("checkbox", { name: new RegExp(`^${name}`) });
  }
}
