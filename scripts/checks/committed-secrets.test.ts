import { spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findCommittedSecrets, findSecrets } from "./committed-secrets.ts";

const random = (length: number) =>
  randomBytes(length * 4)
    .toString("base64")
    .replace(/[+/=]/g, "")
    .slice(0, length);
const upper = (length: number) => randomBytes(length).toString("hex").toUpperCase().slice(0, length);
const pem = () =>
  generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();

describe("S1: a committed secret", () => {
  it.each([
    ["a private key", () => pem()],
    ["a private key", () => JSON.stringify({ key: pem() })],
    ["an AWS key", () => `AKIA${upper(16)}`],
    ["a GitHub token", () => `ghp_${random(36)}`],
    ["a GitLab token", () => `glpat-${random(20)}`],
    ["a Docker Hub token", () => `dckr_pat_${random(27)}`],
    ["an npm token", () => `npm_${random(36)}`],
    ["a Google key", () => `AIza${random(35)}`],
  ])("that is %s is found in any file, tests too", (what, make) => {
    for (const path of ["lib/a.ts", "lib/a.test.ts", "docs/a.md", "package-lock.json"])
      expect(findSecrets(path, `const value = "${make()}";\n`)).toContain(what);
  });

  it("that only looks random is found outside of tests", () => {
    for (const line of [`const key = "HTOKEN";`, "WHARFINGER_API_KEY=HTOKEN", "  token: HTOKEN"]) {
      const text = `${line.replace("HTOKEN", "Kf3vQz8mYtR1xWc7LpNs0aHdJe5uGbTo")}\n`;
      expect(findSecrets("lib/a.ts", text)).toHaveLength(1);
      expect(findSecrets("lib/a.test.ts", text)).toEqual([]);
    }
  });

  it.each([[".env"], ["deploy/.env.local"], ["certs/server.key"], ["id_rsa"], ["a.p12"]])(
    "is told by the name of its file: %s",
    (path) => expect(findSecrets(path, "")).toHaveLength(1),
  );

  it.each([
    [`sha256:${"0123456789abcdef".repeat(4)}`],
    ["123e4567-e89b-12d3-a456-426614174000"],
    ["#lib/inventory/service-delete-manifest"],
    ["listRepositoriesWithoutAnyTagsAtAll2"],
    ["-----BEGIN PRIVATE KEY-----"],
    ["postgresql://user:password@localhost:5432/wharfinger"],
  ])("is not %s", (text) => expect(findSecrets("lib/a.ts", `const value = "${text}";\n`)).toEqual([]));

  it("is found among the files of a checkout that git tracks", () => {
    const folder = mkdtempSync(join(tmpdir(), "wharfinger-secrets-"));
    try {
      const git = (...args: string[]) => expect(spawnSync("git", args, { cwd: folder }).status).toBe(0);
      git("init", "-q");
      writeFileSync(join(folder, "leaked.txt"), pem());
      writeFileSync(join(folder, "own.key"), pem());
      git("add", "leaked.txt");
      expect(findCommittedSecrets(folder)).toEqual({
        files: 1,
        problems: ["leaked.txt holds a private key."],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
