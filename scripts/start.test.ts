import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFreePort } from "./stack/ports.ts";

let home: string;
let consolePort: string;
let registryPort: string;

beforeAll(async () => {
  // A demo may run beside us, on the ports that are nobody's choice.
  [consolePort, registryPort] = [String(await findFreePort()), String(await findFreePort())];
  home = mkdtempSync(join(tmpdir(), "wharfinger-start-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function start(environment: Record<string, string>) {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, "start.ts")], {
    encoding: "utf8",
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      WHARFINGER_HOME: home,
      PORT: consolePort,
      REGISTRY_PORT: registryPort,
      ...environment,
    },
    timeout: 60_000,
  });
  return { code: run.status, error: run.stderr.trim() };
}

describe("a start that cannot be", () => {
  it("tells every wrong setting at once", () => {
    const { code, error } = start({ PORT: "none", REGISTRY_PORT: "0", WHARFINGER_SESSION_SECRET: "secret" });
    expect(code).toBe(1);
    expect(error.split("\n")).toHaveLength(4);
    expect(error).toMatch(
      /PORT must be .*\n {2}REGISTRY_PORT must be .*\n {2}WHARFINGER_SESSION_SECRET must have/,
    );
  });

  it("tells a kubeconfig that is not there beside other wrong settings", () => {
    const { code, error } = start({
      PORT: "none",
      WHARFINGER_KUBERNETES: join(home, "nowhere"),
      WHARFINGER_KUBERNETES_REGISTRY: "main",
      WHARFINGER_KUBERNETES_CLUSTER: "main",
    });
    expect(code).toBe(1);
    expect(error).toMatch(
      /PORT must be .*\n {2}WHARFINGER_KUBERNETES must be the path .* no file .*nowhere\./,
    );
  });

  it("tells one port for two programs, also when one of them is the default", () => {
    const { code, error } = start({ PORT: "", REGISTRY_PORT: "3000" });
    expect({ code, error }).toEqual({
      code: 1,
      error: "REGISTRY_PORT must differ from PORT, which is 3000.",
    });
  });

  it.each([
    ["PORT", "console"],
    ["REGISTRY_PORT", "registry"],
  ])("tells a taken %s", async (setting, purpose) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, error } = start({ [setting]: String(port) });
    server.close();
    expect({ code, error }).toEqual({
      code: 1,
      error: `Port ${port} for the ${purpose} is taken by another program: stop it, or set ${setting} to a free port.`,
    });
  });

  it("tells an unreachable database without its password", async () => {
    const DATABASE_URL = `postgresql://someone:canary@localhost:${await findFreePort()}/none`;
    const { code, error } = start({ DATABASE_URL });
    expect(code).toBe(1);
    expect(error).toMatch(
      /^The database at localhost:\d+ \(DATABASE_URL\) cannot be reached \(ECONNREFUSED\)\.$/,
    );
  });

  it("tells a full disk", () => {
    const { code, error } = start({ WHARFINGER_HOME: "/proc" });
    expect(code).toBe(1);
    expect(error).toBe(
      "The disk of /proc has only 0 MiB free: make at least 200 MiB room, or point WHARFINGER_HOME at another disk.",
    );
  });

  it("tells a home that cannot be made", () => {
    const { code, error } = start({ WHARFINGER_HOME: "/dev/null/home" });
    expect(code).toBe(1);
    expect(error).toMatch(/^The folder \/dev\/null\/home \(WHARFINGER_HOME\) cannot be made \(\w+\)/);
  });
});
