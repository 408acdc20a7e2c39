import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const isSkopeoHere = spawnSync("skopeo", ["--version"]).status === 0;
export const noSkopeo = "skopeo is not on this machine:";

export interface SkopeoRun {
  ok: boolean;
  stdout: string;
  /** What it complained of. */
  stderr: string;
}

export interface Login {
  user: string;
  password: string;
}

/** The real client with a home of its own: no login of the person at this machine gets in. */
export class Skopeo {
  readonly #home = mkdtempSync(join(tmpdir(), "wharfinger-skopeo-"));

  run(...args: string[]): Promise<SkopeoRun> {
    const env = {
      NODE_ENV: "test" as const,
      PATH: process.env.PATH,
      HOME: this.#home,
      REGISTRY_AUTH_FILE: join(this.#home, "auth.json"),
    };
    return new Promise((resolve) => {
      execFile(
        "skopeo",
        ["--insecure-policy", ...args],
        { env, timeout: 60_000 },
        (error, stdout, stderr) => {
          resolve({ ok: error === null, stdout: stdout.trim(), stderr: stderr.trim() });
        },
      );
    });
  }

  /** Pushes a folder or archive, such as `dir:/tmp/image`, to `host/name:tag`. */
  push(from: string, to: string, login: Login | null): Promise<SkopeoRun> {
    return this.run("copy", "--quiet", ...signIn("dest", login), from, `docker://${to}`);
  }

  /** Pulls with all layers, into a folder that is thrown away. */
  async pull(from: string, login: Login | null): Promise<SkopeoRun> {
    const folder = mkdtempSync(join(this.#home, "pulled-"));
    const run = await this.run(
      "copy",
      "--quiet",
      ...signIn("src", login),
      `docker://${from}`,
      `dir:${folder}`,
    );
    rmSync(folder, { recursive: true, force: true });
    return run;
  }

  delete(what: string, login: Login | null): Promise<SkopeoRun> {
    return this.run("delete", ...signIn("", login), `docker://${what}`);
  }

  login(host: string, login: Login): Promise<SkopeoRun> {
    return this.run("login", "--tls-verify=false", "-u", login.user, "-p", login.password, host);
  }

  close(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}

function signIn(side: "src" | "dest" | "", login: Login | null): string[] {
  const option = (name: string) => `--${side === "" ? "" : `${side}-`}${name}`;
  const who = login ? [`${option("creds")}=${login.user}:${login.password}`] : [option("no-creds")];
  return [`${option("tls-verify")}=false`, ...who];
}
