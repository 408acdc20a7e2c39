import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "wharfinger-launch-"));
  for (const path of ["scripts/launch.mjs", "package.json"]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(import.meta.dirname, "..", path), join(root, path));
  }
  write("scripts/hello.ts", "const greeting: string = 'hello'; console.log(greeting, process.argv[2]);");
  write("prisma/schema/schema.prisma", "");
  write(
    "package-lock.json",
    JSON.stringify({ packages: { "": {}, "node_modules/prisma": { version: "1.0.0" } } }),
  );
  writeNpm("process.exit(3)");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

// Stands in for npm: what an install does, good or bad, without a network.
function writeNpm(code: string): void {
  write("npm/package.json", "{}");
  write("npm/npm.js", `const fs = require("node:fs");\n${code}\n`);
}

const installs = `
  fs.mkdirSync("node_modules/prisma/build", { recursive: true });
  fs.writeFileSync("node_modules/prisma/package.json", '{"version":"1.0.0"}');
  fs.writeFileSync("node_modules/prisma/build/index.js", "");
  fs.writeFileSync("node_modules/.package-lock.json", '{"packages":{"node_modules/prisma":{"version":"1.0.0"}}}');
`;

function launch(...args: string[]) {
  const run = spawnSync(process.execPath, [join(root, "scripts/launch.mjs"), ...args], {
    encoding: "utf8",
    env: { NODE_ENV: "test", PATH: process.env.PATH, npm_execpath: join(root, "npm/npm.js") },
  });
  return { code: run.status, out: run.stdout.trim(), error: run.stderr.trim() };
}

describe("launch.mjs", () => {
  it("names the commands when it is given none", () => {
    expect(launch("nonsense")).toMatchObject({
      code: 1,
      error: "Say which command to run: node scripts/launch.mjs <hello>.",
    });
  });

  it("installs, then runs the command with its arguments; the second time it only runs it", () => {
    writeNpm(installs);
    expect(launch("hello", "you")).toEqual({ code: 0, out: "Installing dependencies\nhello you", error: "" });
    expect(launch("hello", "you")).toEqual({ code: 0, out: "hello you", error: "" });
  });

  it("repairs an install that was broken off", () => {
    writeNpm(installs);
    launch("hello");
    rmSync(join(root, "node_modules/.package-lock.json"));
    expect(launch("hello", "you").out).toBe("Repairing the installed dependencies\nhello you");
    rmSync(join(root, "node_modules/prisma"), { recursive: true });
    expect(launch("hello", "you").out).toBe("Repairing the installed dependencies\nhello you");
  });

  it("installs again when the lock file asks for another version", () => {
    writeNpm(installs);
    launch("hello");
    const packages = { "": {}, "node_modules/prisma": { version: "2.0.0" } };
    write("package-lock.json", JSON.stringify({ packages }));
    writeNpm(installs.replaceAll("1.0.0", "2.0.0"));
    expect(launch("hello", "you").out).toBe("Repairing the installed dependencies\nhello you");
  });

  it("tells a failed install in one sentence", () => {
    writeNpm(
      `console.error("npm error code ENOTFOUND\\nnpm error path /x\\nnpm error network request to x failed"); process.exit(1)`,
    );
    expect(launch("hello")).toMatchObject({
      code: 1,
      error: "The dependencies could not be installed (network request to x failed): run npm ci to see more.",
    });
  });

  it("tells an install that was killed, and a full disk, in one sentence", () => {
    writeNpm(`process.kill(process.pid, "SIGKILL")`);
    expect(launch("hello").error).toMatch(/^The install was ended by SIGKILL: run the same command again/);
    writeNpm(`console.error("npm error code ENOSPC"); process.exit(1)`);
    expect(launch("hello").error).toMatch(
      /^The disk of .* is full: make room and run the same command again\.$/,
    );
  });

  it("tells a full disk while the database client is made in one sentence", () => {
    const full = `console.error("Error: ENOSPC: no space left on device, write\\n    at x"); process.exit(1)`;
    writeNpm(installs.replace('index.js", ""', `index.js", ${JSON.stringify(full)}`));
    expect(launch("hello")).toMatchObject({ code: 1 });
    expect(launch("hello").error).toMatch(
      /^The disk of .* is full: make room and run the same command again\.$/,
    );
  });

  it("takes npm along when it is asked to stop in the middle of an install", async () => {
    writeNpm(`fs.writeFileSync("npm-pid", String(process.pid)); setInterval(() => {}, 1000)`);
    const child = spawn(process.execPath, [join(root, "scripts/launch.mjs"), "hello"], {
      env: { NODE_ENV: "test", PATH: process.env.PATH, npm_execpath: join(root, "npm/npm.js") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let error = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      error += text;
    });
    const pidFile = join(root, "npm-pid");
    const npm = await vi.waitFor(() => {
      const pid = Number(readFileSync(pidFile, "utf8"));
      expect(pid).toBeGreaterThan(0);
      return pid;
    }, 20_000);
    child.kill("SIGTERM");
    expect((await once(child, "close"))[0]).toBe(1);
    expect(error).toMatch(/^The install was ended by SIGTERM: run the same command again to repair it\./);
    expect(() => process.kill(npm, 0)).toThrow();
  });

  it("hands the command's exit code on", () => {
    writeNpm(installs);
    write("scripts/fails.ts", "process.exit(9)");
    expect(launch("fails").code).toBe(9);
  });
});
