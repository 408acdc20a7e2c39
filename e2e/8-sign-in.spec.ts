import { randomBytes } from "node:crypto";
import { type RunningOidcProvider, startOidcProvider } from "#lib/testing/oidc-provider";
import { RepositoriesPage } from "./pages/repositories-page.ts";
import { SignInPage, signOut } from "./pages/sign-in-page.ts";
import { tableOf } from "./pages/table-of.ts";
import { callApi, listAudit } from "./parts/call-api.ts";
import { stateOf } from "./parts/roles.ts";
import { registrySlug, stack } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

const word = () => randomBytes(3).toString("hex");

test.describe("8 sign in", () => {
  test("nobody sees nothing: every page leads to the sign-in and from there to where one wanted", async ({
    page,
  }) => {
    const login = `e2e-${word()}`;
    const body = { login, name: "Ada", roles: [{ role: "viewer" }] };
    const { password } = await callApi<{ password: string }>("/api/v1/users", { method: "POST", body });
    await page.goto("/images?q=payments");
    await expect(page).toHaveURL(/\/sign-in/);
    const signIn = new SignInPage(page);
    await signIn.fill(login, "not the password");
    await expect(page.getByRole("alert").filter({ hasText: /\w/ })).toBeVisible();
    await expect(page.getByLabel("Password")).toHaveValue("");
    await signIn.signIn(login, password);
    await expect(page).toHaveURL(/\/images\?q=payments/);
    await expect(new RepositoriesPage(page).row("prod/payments/api")).toBeVisible();

    await signOut(page);
    await page.goBack();
    await expect(page.getByRole("table", { name: "Repositories" })).toHaveCount(0);
    expect((await listAudit({ q: login, action: "session." })).map((row) => row.outcome)).toContain(
      "succeeded",
    );
  });

  test("an admin adds a person, gives a role at one place, and disables them: the next request is refused", async ({
    openAs,
  }) => {
    const page = await openAs("admin");
    const login = `e2e-${word()}`;
    await page.goto("/settings/people");
    await page.getByRole("button", { name: "Add a person" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill(`Grace ${login}`);
    await dialog.getByLabel("Login").fill(login);
    await dialog.getByLabel("Role").selectOption("viewer");
    await dialog.getByLabel("Registry").selectOption(registrySlug);
    await dialog.getByLabel(/^Repositories/).fill("prod/payments/**");
    await dialog.getByRole("button", { name: "Add the person" }).click();
    const password = await dialog.locator("code").innerText();
    await dialog.getByRole("button", { name: "I have copied it" }).click();

    const theirs = await openAs(null);
    const signIn = new SignInPage(theirs);
    await signIn.open();
    await signIn.signIn(login, password);
    const list = new RepositoriesPage(theirs);
    await list.open();
    await expect.poll(() => list.names()).toEqual(["prod/payments/api"]);
    await expect(theirs.getByRole("link", { name: "Audit" })).toHaveCount(0);
    await theirs.goto("/settings/people");
    await expect(theirs.getByRole("heading", { name: "You may not see the people" })).toBeVisible();

    await page.getByRole("searchbox", { name: "Find a person" }).fill(login);
    await tableOf(page, "People")
      .getByRole("button", { name: new RegExp(login) })
      .click();
    const drawer = page.getByRole("dialog", { name: `Grace ${login}` });
    await drawer.getByRole("button", { name: "Disable" }).click();
    await page.getByRole("button", { name: "Disable the person" }).click();
    await expect(drawer.getByText("disabled", { exact: true })).toBeVisible();
    await theirs.goto("/images");
    await expect(theirs).toHaveURL(/\/sign-in/);
  });

  test("an API key is shown once, acts with its role only, and is dead when revoked", async ({ openAs }) => {
    const page = await openAs("admin");
    const name = `pipeline ${word()}`;
    await page.goto("/settings/api-keys");
    await page.getByRole("button", { name: "Create a key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByLabel("Role").selectOption("viewer");
    await dialog.getByRole("button", { name: "Create the key" }).click();
    const key = await dialog.locator("code").innerText();
    await dialog.getByRole("button", { name: "I have copied it" }).click();
    await expect(page.getByText(key)).toHaveCount(0);

    const headers = { authorization: `Bearer ${key}` };
    const ask = async (path: string) => (await fetch(`${stack.url}${path}`, { headers })).status;
    expect(await ask("/api/v1/repositories")).toBe(200);
    expect(await ask("/api/v1/users")).toBe(403);
    const row = tableOf(page, "API keys").getByRole("row").filter({ hasText: name });
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke the key" }).click();
    await expect(row).toHaveCount(0);
    expect(await ask("/api/v1/repositories")).toBe(401);
  });

  test("W7: a session that an admin ends is over with its next request", async ({ openAs }) => {
    const login = `e2e-${word()}`;
    const body = { login, name: login, roles: [{ role: "viewer" }] };
    const { password } = await callApi<{ password: string }>("/api/v1/users", { method: "POST", body });
    const theirs = await openAs(null);
    const signIn = new SignInPage(theirs);
    await signIn.open();
    await signIn.signIn(login, password);

    const page = await openAs("admin");
    await page.goto("/settings/sessions");
    const row = tableOf(page, "Sessions").getByRole("row").filter({ hasText: login });
    await row.getByRole("button", { name: "End it" }).click();
    await expect(row).toHaveCount(0);
    await theirs.goto("/images");
    await expect(theirs).toHaveURL(/\/sign-in/);
  });

  test("a team filters the list of repositories", async ({ openAs }) => {
    const page = await openAs("admin");
    const slug = `team-${word()}`;
    await page.goto("/settings/teams");
    await page.getByRole("button", { name: "Add a team" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill(slug);
    await dialog.getByLabel("Slug").fill(slug);
    await dialog.getByLabel(/^Repositories/).fill("charts/**");
    await dialog.getByRole("button", { name: "Add the team" }).click();
    await tableOf(page, "Teams").getByRole("link", { name: slug }).click();
    await expect(page).toHaveURL(new RegExp(`team=${slug}`));
    await expect.poll(() => new RepositoriesPage(page).names()).toEqual(["charts/storefront"]);
  });
});

test.describe("8 sign in, through an OpenID Connect provider", () => {
  let provider: RunningOidcProvider;

  test.beforeAll(async () => {
    provider = await startOidcProvider({
      consoleUrl: stack.url,
      port: stack.oidcPort,
      accounts: [
        {
          login: "mira",
          sub: `mira-${word()}`,
          name: "Mira Holm",
          preferred_username: "mira",
          groups: ["wharf-platform"],
        },
        {
          login: "nora",
          sub: `nora-${word()}`,
          name: "Nora Lind",
          preferred_username: "nora",
          groups: ["nobody-here"],
        },
      ],
    });
  });
  test.afterAll(() => provider.stop());

  test("groups bring roles, and a sign-in after leaving the group brings none", async ({ page }) => {
    const signIn = new SignInPage(page);
    const enter = async (login: string) => {
      await signIn.open();
      await page.getByRole("button", { name: "Continue with Harbour ID" }).click();
      const isInside = (url: URL) => url.origin === stack.url && !/sign-in|api/.test(url.pathname);
      // The provider may still know who they are.
      await page.waitForURL((url) => url.origin === provider.issuer || isInside(url));
      if (page.url().startsWith(provider.issuer)) {
        await page.getByLabel("Login").fill(login);
        await page.getByRole("button", { name: "Continue" }).click();
      }
      await page.waitForURL(isInside);
    };
    await enter("mira");
    await expect(page.getByRole("button", { name: /^mira[\w-]*, engineer:/ })).toBeVisible();
    await page.goto(`/images/${registrySlug}/prod/payments/api`);
    await page.getByRole("checkbox", { name: "Select latest", exact: true }).check();
    await expect(page.getByRole("button", { name: "Delete …" })).toBeVisible();
    await signOut(page);

    const account = provider.accounts.get("mira");
    if (account) account.groups = [];
    await enter("mira");
    await expect(page.getByRole("heading", { name: "You have no role yet" })).toBeVisible();
    await page.goto("/images");
    await expect(page.getByRole("heading", { name: "You have no role yet" })).toBeVisible();
  });

  test("somebody whom the provider does not know stays outside, and is told so", async ({ page }) => {
    const signIn = new SignInPage(page);
    await signIn.open();
    await page.getByRole("button", { name: "Continue with Harbour ID" }).click();
    await page.getByLabel("Login").fill("stranger");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("alert").filter({ hasText: /\w/ })).toBeVisible();
    await page.goto("/images");
    await expect(page).toHaveURL(/\/sign-in/);
  });
});

test.describe("8 sign in, on one machine after the other", () => {
  test("W9: who comes next sees nothing of who was here before, not by going back either", async ({
    page,
  }) => {
    const [one, two] = [`e2e-${word()}`, `e2e-${word()}`];
    const passwords = await Promise.all(
      [
        { login: one, roles: [{ role: "viewer" }] },
        { login: two, roles: [{ role: "viewer", registry: registrySlug, pattern: "charts/**" }] },
      ].map((person) =>
        callApi<{ password: string }>("/api/v1/users", {
          method: "POST",
          body: { ...person, name: person.login },
        }),
      ),
    );
    const signIn = new SignInPage(page);
    const list = new RepositoriesPage(page);
    await signIn.open();
    await signIn.signIn(one, passwords[0]?.password ?? "");
    await list.open();
    await expect(list.row("prod/payments/api")).toBeVisible();
    await list.row("prod/payments/api").locator("a[data-row-link]").click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("prod/payments/api");
    await signOut(page);

    await signIn.signIn(two, passwords[1]?.password ?? "");
    await list.open();
    await expect.poll(() => list.names()).toEqual(["charts/storefront"]);
    for (let steps = 0; steps < 4; steps++) {
      await page.goBack();
      await expect(
        page.getByRole("button", { name: /account and appearance/ }).or(page.getByLabel("Password")),
      ).toBeVisible();
      // The name may stand in the address that one went back to; what is in the repository must not.
      await expect(page.getByRole("main")).not.toContainText(/payments\/api|v1\.4/);
      await expect(page.getByRole("button", { name: new RegExp(one) })).toHaveCount(0);
    }
    await page.goto("/");
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog", { name: "Find anything" })).not.toContainText("payments");
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect(stored).not.toContain("payments");
  });
});

test.describe("8 sign in, my own account", () => {
  test.use({ storageState: stateOf("auditor") });

  test("an auditor reads the settings and can change nothing there", async ({ page }) => {
    await page.goto("/settings/people");
    await expect(tableOf(page, "People").getByRole("row").nth(1)).toBeVisible();
    await expect(page.getByRole("button", { name: "Add a person" })).toHaveCount(0);
    await page.goto("/settings/api-keys");
    await expect(page.getByRole("button", { name: "Create a key" })).toHaveCount(0);
    await page.goto("/settings/account");
    await expect(page.getByText("audit.read")).toBeVisible();
  });
});
