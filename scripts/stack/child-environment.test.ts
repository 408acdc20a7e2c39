import { expect, it } from "vitest";
import { inheritEnvironment, prepareChildEnvironment, prepareToolEnvironment } from "./child-environment.ts";

const around = {
  NODE_ENV: "production" as const,
  PATH: "/bin",
  LC_ALL: "C",
  NODE_EXTRA_CA_CERTS: "/ca.pem",
  WHARFINGER_MASTER_KEY: "ours",
  KUBERNETES_SERVICE_HOST: "10.0.0.1",
  KUBERNETES_SERVICE_PORT: "443",
  GITHUB_TOKEN: "theirs",
  NPM_TOKEN: "theirs",
  AWS_SECRET_ACCESS_KEY: "theirs",
  "npm_config_//registry.npmjs.org/:_authToken": "theirs",
  SSH_AUTH_SOCK: "/theirs",
};

it("S2: our processes get our settings, and no token of other programs", () => {
  expect(Object.keys(inheritEnvironment(around)).sort()).toEqual(
    [
      "KUBERNETES_SERVICE_HOST",
      "KUBERNETES_SERVICE_PORT",
      "LC_ALL",
      "NODE_ENV",
      "NODE_EXTRA_CA_CERTS",
      "PATH",
      "WHARFINGER_MASTER_KEY",
    ].sort(),
  );
});

it("S2: a build gets no secret at all", () => {
  const environment = prepareToolEnvironment({ WHARFINGER_DIST_DIR: ".next" }, around);
  expect(Object.values(environment)).not.toContain("theirs");
  expect(Object.values(environment)).not.toContain("ours");
  expect(environment.WHARFINGER_DIST_DIR).toBe(".next");
});

it("S2: programs that are not ours get nothing of ours", () => {
  expect(Object.keys(prepareChildEnvironment()).sort()).toEqual(["HOME", "NODE_ENV", "PATH", "TZ"]);
});
