import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { callApi } from "./parts/call-api.ts";
import { stateOf } from "./parts/roles.ts";
import { stack } from "./parts/stack.ts";
import { expect, test } from "./parts/test.ts";

/** A page of somebody else. On localhost it is another origin of the same site: the session cookie is sent along. */
let foreign: Server;
let bodies = new Map<string, string>();

test.describe("from another origin", () => {
  test.use({ storageState: stateOf("admin") });

  test.beforeAll(async () => {
    foreign = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(`<!doctype html><title>Foreign</title>${bodies.get(pathname) ?? ""}`);
    });
    await new Promise<void>((resolve) => foreign.listen(0, "localhost", resolve));
  });
  test.afterAll(() => {
    foreign.closeAllConnections();
    foreign.close();
  });
  test.beforeEach(() => {
    bodies = new Map();
  });

  const addressOn = (host: string) => `http://${host}:${(foreign.address() as AddressInfo).port}`;
  const countTeams = async () => (await callApi<{ items: unknown[] }>("/api/v1/teams")).items.length;

  for (const [kind, enctype] of [
    ["JSON as plain text", "text/plain"],
    ["a form", "application/x-www-form-urlencoded"],
    ["a multipart form", "multipart/form-data"],
  ] as const) {
    test(`W6: ${kind} posted to the API changes nothing`, async ({ page }) => {
      const before = await countTeams();
      bodies.set(
        "/post",
        `<form method="post" enctype="${enctype}" action="${stack.url}/api/v1/teams">
           <input name='{"slug":"stolen","name":"stolen","x":"' value='"}'><button>Win</button></form>`,
      );
      await page.goto(`${addressOn("localhost")}/post`);
      const answer = page.waitForResponse((response) => response.url() === `${stack.url}/api/v1/teams`);
      await page.getByRole("button", { name: "Win" }).click();
      expect([400, 403, 415]).toContain((await answer).status());
      expect(await countTeams()).toBe(before);
    });
  }

  test("W6: a foreign script can neither read nor change anything with the visitor's cookie", async ({
    page,
  }) => {
    const before = await countTeams();
    await page.goto(`${addressOn("localhost")}/empty`);
    const outcomes = await page.evaluate(async (url) => {
      const attempts: [string, RequestInit][] = [
        ["/api/v1/users", { credentials: "include" }],
        [
          "/api/v1/teams",
          { method: "POST", credentials: "include", body: '{"slug":"stolen","name":"stolen"}' },
        ],
        [
          "/api/v1/teams",
          {
            method: "POST",
            credentials: "include",
            headers: { "content-type": "application/json" },
            body: '{"slug":"stolen","name":"stolen"}',
          },
        ],
        ["/api/auth/csrf", { credentials: "include" }],
      ];
      return Promise.all(
        attempts.map(([path, init]) =>
          fetch(`${url}${path}`, init).then(
            async (response) => `read: ${await response.text()}`,
            () => "refused",
          ),
        ),
      );
    }, stack.url);
    expect(outcomes).toEqual(["refused", "refused", "refused", "refused"]);
    expect(await countTeams()).toBe(before);
  });

  test("W6: signing somebody in as another, or out, from a foreign page is refused", async ({ page }) => {
    bodies.set(
      "/login",
      `<form method="post" action="${stack.url}/api/auth/callback/credentials">
         <input name="login" value="admin"><input name="password" value="${"x".repeat(12)}"><input name="csrfToken" value="a"><button>In</button></form>
       <form method="post" action="${stack.url}/api/auth/signout"><input name="csrfToken" value="a"><button>Out</button></form>`,
    );
    for (const button of ["In", "Out"]) {
      await page.goto(`${addressOn("localhost")}/login`);
      const answer = page.waitForResponse((response) => response.url().startsWith(`${stack.url}/api/auth/`));
      await page.getByRole("button", { name: button }).click();
      expect((await answer).status()).toBe(403);
    }
    await page.goto("/");
    await expect(page.getByRole("button", { name: /^admin, admin/ })).toBeVisible();
  });

  test("W6: from another site the session cookie does not even come along on a post", async ({
    page,
    context,
  }) => {
    bodies.set("/post", `<form method="post" action="${stack.url}/api/v1/teams"><button>Win</button></form>`);
    await page
      .goto(`${addressOn("127.0.0.1")}/post`)
      .catch(() => test.skip(true, "localhost is not 127.0.0.1 here"));
    const sent = page.waitForRequest(`${stack.url}/api/v1/teams`);
    await page.getByRole("button", { name: "Win" }).click();
    expect((await (await sent).allHeaders()).cookie ?? "").not.toContain("session");
    expect(
      (await context.cookies(stack.url)).find((cookie) => cookie.name.includes("session")),
    ).toMatchObject({
      httpOnly: true,
      sameSite: "Lax",
    });
  });

  test("W12: no page of the console can be framed, and its answers cannot be embedded", async ({ page }) => {
    bodies.set(
      "/frame",
      `<iframe name="inner" src="${stack.url}/images"></iframe><script src="${stack.url}/api/v1/users"></script><img src="${stack.url}/icon.svg" id="icon">`,
    );
    await page.goto(`${addressOn("localhost")}/frame`);
    await expect(async () => {
      const inner = page.frame("inner");
      expect(inner?.url() ?? "").toMatch(/^chrome-error:|^$/);
    }).toPass();
    await expect(page.frameLocator("iframe").getByRole("navigation", { name: "Main" })).toHaveCount(0);
    const response = await page.goto("/images");
    expect(response?.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(response?.headers()["x-frame-options"]).toBe("DENY");
  });

  test("W12: a window that opened the console gets no handle on it", async ({ page, context }) => {
    bodies.set("/open", `<button onclick="window.theirs = window.open('${stack.url}/images')">Open</button>`);
    await page.goto(`${addressOn("localhost")}/open`);
    const opened = context.waitForEvent("page");
    await page.getByRole("button", { name: "Open" }).click();
    const console = await opened;
    await expect(console.getByRole("navigation", { name: "Main" })).toBeVisible();
    expect(await console.evaluate(() => window.opener)).toBeNull();
    await expect.poll(() => page.evaluate(() => Reflect.get(window, "theirs")?.closed)).toBe(true);
  });
});
