import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../scripts/stack/ports.ts";
import { RepositoriesPage } from "./pages/repositories-page.ts";
import { SignInPage } from "./pages/sign-in-page.ts";
import { DemoRun } from "./parts/demo-run.ts";
import { expect, test } from "./parts/test.ts";

const isAnswering = async (url: string) => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
};

test.describe("1 start it", () => {
  const runs: DemoRun[] = [];
  let home = "";

  test.beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "wharfinger-demo-"));
  });
  test.afterAll(async () => {
    const last = runs.at(-1);
    last?.signal("SIGINT");
    await last?.ended;
    rmSync(home, { recursive: true, force: true });
  });

  test("npm run demo fills a real registry, prints the sign-in, stops with Ctrl-C and survives kill -9", async ({
    browser,
  }) => {
    test.setTimeout(600_000);
    const [port, registryPort] = [await findFreePort(), await findFreePort()];
    const url = `http://localhost:${port}`;
    const start = () => {
      const run = new DemoRun({
        PORT: String(port),
        REGISTRY_PORT: String(registryPort),
        WHARFINGER_HOME: home,
        REGISTRY_BIN: process.env.TEST_REGISTRY_BIN ?? "",
        WHARFINGER_DIST_DIR: process.env.WHARFINGER_DIST_DIR ?? ".next",
      });
      runs.push(run);
      return run;
    };
    const waitForLine = (run: DemoRun, line: RegExp, timeout: number) =>
      expect
        .poll(
          async () => {
            const text = run.lines.join("\n");
            const code = await Promise.race([run.ended, Promise.resolve("running")]);
            if (code !== "running") throw new Error(`The demo ended with ${code}: ${text}`);
            return text;
          },
          { timeout, intervals: [250], message: `the demo says ${line}` },
        )
        .toMatch(line);

    const first = start();
    await waitForLine(first, /Pushing the sample fleet/, 120_000);
    // Alive, and not ready before the fleet is pushed and read.
    expect(await isAnswering(`${url}/api/health`)).toBe(200);
    expect(await isAnswering(`${url}/api/ready`)).toBe(503);
    await waitForLine(first, /^Ready\./m, 300_000);
    expect(await isAnswering(`${url}/api/ready`)).toBe(200);
    const said = first.lines.join("\n");
    expect(said).toContain(`Address:   ${url}`);
    expect(said).toMatch(new RegExp(`Registry: {2}localhost:${registryPort}, demo / \\S+`));
    const password = /Sign in: {3}admin \/ (\S+)/.exec(said)?.[1] ?? "";
    expect(password.length).toBeGreaterThanOrEqual(12);
    for (const line of first.lines) expect(line.length).toBeLessThan(140);

    const readCounts = async () => {
      const context = await browser.newContext({ baseURL: url });
      const page = await context.newPage();
      const signIn = new SignInPage(page);
      await signIn.open();
      await signIn.signIn("admin", password);
      const list = new RepositoriesPage(page);
      await list.open();
      const truth = page.getByText(/\d+ repositories · [\d,]+ tags/);
      await expect(truth).toBeVisible();
      const [, repositories = "", tags = ""] =
        /([\d,]+) repositories · ([\d,]+) tags/.exec(await truth.innerText()) ?? [];
      await list.open({ q: "prod/payments/api" });
      await expect(list.row("prod/payments/api")).toBeVisible();
      await context.close();
      return {
        repositories: Number(repositories.replaceAll(",", "")),
        tags: Number(tags.replaceAll(",", "")),
      };
    };
    const counts = await readCounts();
    expect(counts.repositories).toBeGreaterThanOrEqual(40);
    expect(counts.tags).toBeGreaterThanOrEqual(600);

    first.signal("SIGINT");
    expect(await first.ended).toBe(0);
    expect(await isAnswering(`${url}/api/health`)).toBeNull();
    expect(await isAnswering(`http://localhost:${registryPort}/v2/`)).toBeNull();

    const second = start();
    await waitForLine(second, /^Ready\./m, 60_000);
    expect(second.lines.join("\n")).not.toContain(password);
    expect(await readCounts()).toEqual(counts);

    // A part that crashes is started again by itself.
    const pidOf = (name: string): number =>
      JSON.parse(readFileSync(join(home, "run", `${name}.json`), "utf8")).pid;
    for (const name of ["console", "worker"]) {
      const crashed = pidOf(name);
      process.kill(crashed, "SIGKILL");
      await expect
        .poll(() => existsSync(join(home, "run", `${name}.json`)) && pidOf(name) !== crashed, {
          timeout: 60_000,
        })
        .toBe(true);
    }
    await expect.poll(() => isAnswering(`${url}/api/ready`), { timeout: 60_000 }).toBe(200);
    expect(second.lines).toContain("The console was ended by SIGKILL: starting it again");
    expect(await readCounts()).toEqual(counts);

    second.signal("SIGKILL");
    await second.ended;
    const third = start();
    await waitForLine(third, /^Ready\./m, 60_000);
    expect(await readCounts()).toEqual(counts);

    // Two starts out of one folder would fight over it.
    const fourth = start();
    runs.pop();
    expect(await fourth.ended).toBe(1);
    expect(fourth.lines).toHaveLength(1);
    expect(await isAnswering(`${url}/api/ready`)).toBe(200);
    third.signal("SIGINT");
    expect(await third.ended).toBe(0);
  });
});
