import { describe, expect, it } from "vitest";
import { readSettings } from "#lib/settings/settings";

const good = "u7Jd02kfLQpz9xTn4WbRvYcA6mEh1sGi";

function problemsOf(environment: Record<string, string>): string[] {
  const read = readSettings(environment);
  return read.ok ? [] : read.problems;
}

describe("readSettings", () => {
  it("has a default for everything that can have one", () => {
    const read = readSettings({});
    expect(read).toMatchObject({
      ok: true,
      settings: {
        port: 3000,
        registryPort: 5000,
        baseUrl: "http://localhost:3000",
        bind: "127.0.0.1",
        registryUser: "demo",
        oidc: null,
        trustedProxies: [],
        metrics: { kind: "loopback" },
      },
    });
  });

  it("tells all problems at once, each beginning with its setting", () => {
    const problems = problemsOf({
      PORT: "70000",
      REGISTRY_URL: "ftp://x",
      DATABASE_URL: "mysql://x/y",
      WHARFINGER_ADMIN_PASSWORD: "short",
      WHARFINGER_TRUSTED_PROXIES: "10.0.0.0/8,nonsense",
      WHARFINGER_OIDC_ISSUER: "https://login.example.com",
    });
    for (const name of [
      "PORT",
      "REGISTRY_URL",
      "DATABASE_URL",
      "WHARFINGER_ADMIN_PASSWORD",
      "WHARFINGER_TRUSTED_PROXIES",
      "WHARFINGER_OIDC_CLIENT_ID",
      "WHARFINGER_OIDC_CLIENT_SECRET",
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
    }
  });

  it("counts an empty setting as unset", () => {
    expect(readSettings({ PORT: "", DATABASE_URL: "  " })).toMatchObject({
      ok: true,
      settings: { port: 3000, databaseUrl: undefined },
    });
  });

  it.each([
    "short",
    "a".repeat(64),
    "abababababababababababababababababababab",
    "changemechangemechangemechangeme",
    "wharfinger-default-secret-password-123456",
  ])("W7: refuses the weak secret %j and never repeats it", (secret) => {
    for (const name of ["WHARFINGER_SESSION_SECRET", "WHARFINGER_MASTER_KEY", "WHARFINGER_API_KEY"]) {
      const problems = problemsOf({ [name]: secret });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} must `));
      expect(problems[0]).not.toContain(secret);
    }
  });

  it("W7: takes a random secret, but not one for two purposes", () => {
    expect(problemsOf({ WHARFINGER_SESSION_SECRET: good })).toEqual([]);
    expect(problemsOf({ WHARFINGER_SESSION_SECRET: good, WHARFINGER_MASTER_KEY: good })).toEqual([
      "WHARFINGER_SESSION_SECRET must differ from WHARFINGER_MASTER_KEY.",
    ]);
  });

  it("reads OIDC with its role map", () => {
    const read = readSettings({
      WHARFINGER_OIDC_ISSUER: "https://login.example.com/realms/main",
      WHARFINGER_OIDC_CLIENT_ID: "wharfinger",
      WHARFINGER_OIDC_CLIENT_SECRET: "s",
      WHARFINGER_OIDC_ROLE_MAP: "platform=engineer, sec=reviewer,cn=ops=admin",
    });
    expect(read.ok && read.settings.oidc?.roleMap).toEqual([
      { group: "platform", role: "engineer" },
      { group: "sec", role: "reviewer" },
      { group: "cn=ops", role: "admin" },
    ]);
  });

  it("refuses an unknown role and an issuer in the clear", () => {
    const problems = problemsOf({
      WHARFINGER_OIDC_ISSUER: "http://login.example.com",
      WHARFINGER_OIDC_CLIENT_ID: "wharfinger",
      WHARFINGER_OIDC_CLIENT_SECRET: "s",
      WHARFINGER_OIDC_ROLE_MAP: "platform=owner",
    });
    expect(problems).toHaveLength(2);
  });

  it.each([
    ["loopback", { kind: "loopback" }],
    ["off", { kind: "off" }],
    ["anyone", { kind: "anyone" }],
    ["0123456789abcdef", { kind: "token", token: "0123456789abcdef" }],
  ])("reads metrics access %s", (value, metrics) => {
    expect(readSettings({ WHARFINGER_METRICS: value })).toMatchObject({ ok: true, settings: { metrics } });
  });

  it("O10: never shows a password of an address it refuses", () => {
    const problems = problemsOf({
      REGISTRY_URL: "https://u:canary@registry",
      DATABASE_URL: "http://u:canary@db/x",
    });
    expect(problems).toHaveLength(2);
    expect(problems.join(" ")).not.toContain("canary");
  });

  it("takes the webhook of the audit's checkpoints whole or not at all", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const url = "https://receiver.example.com/in/checkpoints/?tenant=a";
    const read = readSettings({ WHARFINGER_AUDIT_WEBHOOK_URL: url, WHARFINGER_AUDIT_WEBHOOK_SECRET: secret });
    expect(read).toMatchObject({ ok: true, settings: { auditWebhook: { url } } });
    expect(read.ok && read.settings.auditWebhook?.key.byteLength).toBe(24);
    expect(readSettings({})).toMatchObject({ ok: true, settings: { auditWebhook: null } });
    const wrongs: Record<string, string>[] = [
      { WHARFINGER_AUDIT_WEBHOOK_URL: url },
      { WHARFINGER_AUDIT_WEBHOOK_SECRET: secret },
      { WHARFINGER_AUDIT_WEBHOOK_URL: url, WHARFINGER_AUDIT_WEBHOOK_SECRET: "whsec_c2hvcnQ=" },
      {
        WHARFINGER_AUDIT_WEBHOOK_URL: "https://user:canary@receiver.example.com",
        WHARFINGER_AUDIT_WEBHOOK_SECRET: secret,
      },
    ];
    for (const wrong of wrongs) {
      const problems = problemsOf(wrong);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(/^WHARFINGER_AUDIT_WEBHOOK_(URL|SECRET) must be/);
      expect(problems.join()).not.toMatch(/canary|MfKQ9r8G|c2hvcnQ/);
    }
  });

  it("takes the cluster that is watched with its registry and name, or none", () => {
    const whole = {
      WHARFINGER_KUBERNETES: "/etc/wharfinger/kubeconfig",
      WHARFINGER_KUBERNETES_CONTEXT: "prod",
      WHARFINGER_KUBERNETES_REGISTRY: "main",
      WHARFINGER_KUBERNETES_CLUSTER: "production",
    };
    expect(readSettings({})).toMatchObject({ ok: true, settings: { kubernetes: null } });
    expect(readSettings(whole)).toMatchObject({
      ok: true,
      settings: {
        kubernetes: {
          config: "/etc/wharfinger/kubeconfig",
          context: "prod",
          registry: "main",
          cluster: "production",
        },
      },
    });
    const inside = { ...whole, WHARFINGER_KUBERNETES: "in-cluster", WHARFINGER_KUBERNETES_CONTEXT: "" };
    expect(readSettings({ ...inside, KUBERNETES_SERVICE_HOST: "10.0.0.1" })).toMatchObject({
      ok: true,
      settings: { kubernetes: { config: "in-cluster", context: null } },
    });
    const wrongs: [Record<string, string>, string[]][] = [
      [{ WHARFINGER_KUBERNETES: "/x" }, ["_REGISTRY", "_CLUSTER"]],
      [{ ...whole, WHARFINGER_KUBERNETES: "" }, [""]],
      [{ ...whole, WHARFINGER_KUBERNETES_REGISTRY: "Not a slug" }, ["_REGISTRY"]],
      [{ ...whole, WHARFINGER_KUBERNETES_CLUSTER: "x".repeat(81) }, ["_CLUSTER"]],
      [inside, [""]],
      [{ ...whole, WHARFINGER_KUBERNETES: "in-cluster", KUBERNETES_SERVICE_HOST: "10.0.0.1" }, ["_CONTEXT"]],
    ];
    for (const [environment, names] of wrongs)
      expect(problemsOf(environment).map((problem) => problem.split(" must ", 1)[0])).toEqual(
        names.map((name) => `WHARFINGER_KUBERNETES${name}`),
      );
  });
});
