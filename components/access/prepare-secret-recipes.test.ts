import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { prepareSecretRecipes } from "@/components/access/prepare-secret-recipes";

const value = `wfs_${"a".repeat(43)}`;
const recipes = (username: string) =>
  new Map(
    prepareSecretRecipes({ host: "localhost:5000", username, value }).map((recipe) => [recipe.key, recipe]),
  );

describe("what to paste for a secret", () => {
  it("is a docker config that holds name and secret for this registry", () => {
    const config = JSON.parse(recipes("ci-payments").get("config")?.text ?? "");
    expect(atob(config.auths["localhost:5000"].auth)).toBe(`ci-payments:${value}`);
  });

  it("is a pull secret whose name Kubernetes takes and whose data is that config", () => {
    const text = recipes("ana.maria+x@corp_2").get("kubernetes")?.text ?? "";
    const name = /name: (.+)/.exec(text)?.[1] ?? "";
    expect(name).toMatch(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/);
    const data = /\.dockerconfigjson: (.+)/.exec(text)?.[1] ?? "";
    expect(JSON.parse(atob(data)).auths["localhost:5000"]).toBeDefined();
  });

  it("is a command that a shell reads as it was meant", () => {
    const command = recipes("ci").get("login")?.text ?? "";
    const heard = execFileSync("sh", ["-c", `docker() { printf '%s|' "$@"; cat; }\n${command}`], {
      encoding: "utf8",
    });
    expect(heard).toBe(`login|localhost:5000|--username|ci|--password-stdin|${value}`);
  });

  it("never writes the secret into steps that are kept in a repository", () => {
    expect(recipes("ci").get("github")?.text).not.toContain(value);
    expect(recipes("ci").get("gitlab")?.text).not.toContain(value);
  });
});
