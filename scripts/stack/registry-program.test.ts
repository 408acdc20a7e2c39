import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PidFiles } from "./pid-files.ts";
import { findFreePort } from "./ports.ts";
import { findRegistryProgram } from "./registry-program.ts";
import { startRegistry } from "./start-registry.ts";
import { Supervisor } from "./supervisor.ts";

let home: string;
let path: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "wharfinger-registries-"));
  path = join(home, "bin");
  mkdirSync(path);
  vi.stubEnv("PATH", path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

/** A program that is not there: it answers as the test says. */
function addProgram(file: string, code: string): string {
  writeFileSync(file, `#!${process.execPath}\n${code}\n`);
  chmodSync(file, 0o755);
  return file;
}

const says = (text: string) => `console.log(${JSON.stringify(text)})`;
const addToPath = (name: string, code: string) => addProgram(join(path, name), code);
const find = (registryBin?: string) => findRegistryProgram({ home, registryBin, report: () => {} });

describe("findRegistryProgram", () => {
  it("takes the program of REGISTRY_BIN before any other", async () => {
    addToPath("registry", says("registry github.com/distribution/distribution v3.0.0"));
    const own = addProgram(join(home, "mine"), says("mine github.com/docker/distribution v2.8.2"));
    expect(await find(own)).toEqual({ kind: "distribution", command: own, origin: "REGISTRY_BIN" });
  });

  it("says so when REGISTRY_BIN names something else, or nothing", async () => {
    const other = addProgram(join(home, "other"), says("hello"));
    for (const named of [other, join(home, "none")])
      await expect(find(named)).rejects.toThrow(
        `REGISTRY_BIN names ${named}, which does not run as a registry`,
      );
  });

  it("then looks on the PATH, in order, past what only has such a name", async () => {
    const zot = addToPath("zot", says('{"level":"info","message":"zot v2.1.0"}'));
    expect(await find()).toMatchObject({ kind: "zot", command: zot });
    const debian = addToPath(
      "docker-registry",
      says("docker-registry github.com/docker/distribution v2.8.2"),
    );
    addToPath("registry", says("a registry of births"));
    expect(await find()).toMatchObject({ kind: "distribution", command: debian, origin: "the PATH" });
  });

  it("then takes Debian's package, unpacked into the home folder", async () => {
    addToPath("docker", "");
    addToPath("apt-get", 'if (process.argv.includes("download")) require("fs").writeFileSync("r.deb", "")');
    const registry = JSON.stringify(`#!${process.execPath}\n${says("github.com/docker/distribution 2.8.2")}`);
    addToPath(
      "dpkg",
      `const fs = require("fs");
       fs.mkdirSync("usr/bin", { recursive: true });
       fs.writeFileSync("usr/bin/docker-registry", ${registry}, { mode: 0o755 });`,
    );
    const command = join(home, "packages/docker-registry/usr/bin/docker-registry");
    expect(await find()).toMatchObject({ kind: "distribution", command });
    // Once is enough.
    rmSync(join(path, "apt-get"));
    expect(await find()).toMatchObject({ kind: "distribution", command });
  });

  it("then takes the Docker engine, where one answers", async () => {
    addToPath("docker", "process.exit(1)");
    await expect(find()).rejects.toThrow(/^No registry was found \(apt-get is not there/);
    addToPath("docker", says("28.0.0"));
    expect(await find()).toEqual({ kind: "docker", command: "docker", origin: "the Docker engine" });
  });

  it("else says what to install, in one sentence", async () => {
    addToPath("apt-get", 'console.error("E: Unable to locate package docker-registry"); process.exit(100)');
    await expect(find()).rejects.toThrow(
      "No registry was found (Debian's docker-registry could not be downloaded: Unable to locate package docker-registry): install one (apt-get install docker-registry), name a program with REGISTRY_BIN, or give the address of a running one with REGISTRY_URL.",
    );
  });
});

describe("a registry of the Docker engine", () => {
  it("runs with our files as ourselves, on the host's network, and its leftover is cleared first", async () => {
    const calls = join(home, "calls");
    const port = await findFreePort();
    addToPath(
      "docker",
      `require("fs").appendFileSync(${JSON.stringify(calls)}, JSON.stringify(process.argv.slice(2)) + "\\n");
       if (process.argv[2] === "run")
         require("http").createServer((_, answer) => answer.end("{}")).listen(${port}, "localhost");`,
    );
    const supervisor = new Supervisor(home, new PidFiles(home));
    const { url } = await startRegistry({
      program: { kind: "docker", command: join(path, "docker"), origin: "the Docker engine" },
      home,
      port,
      access: { kind: "logins", logins: [{ user: "demo", password: "a password" }] },
      httpSecret: "secret",
      notifications: null,
      supervisor,
    });
    expect(url).toBe(`http://localhost:${port}`);
    await supervisor.stop();
    const folder = join(home, "registry");
    const name = `wharfinger-registry-${port}`;
    const lines = readFileSync(calls, "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).join(" "))).toEqual([
      `rm --force ${name}`,
      `run --rm --name ${name} --network host --user ${process.getuid?.()}:${process.getgid?.()} ` +
        `-v ${folder}:${folder} --entrypoint registry registry:2 serve ${folder}/config.yml`,
    ]);
    const config = JSON.parse(readFileSync(join(folder, "config.yml"), "utf8"));
    expect(config.http.addr).toBe(`127.0.0.1:${port}`);
    for (const file of [config.auth.htpasswd.path, config.storage.filesystem.rootdirectory]) {
      expect(file.startsWith(`${folder}/`)).toBe(true);
      expect(existsSync(file)).toBe(true);
    }
  });
});
