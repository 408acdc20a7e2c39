import { resolve } from "node:path";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { type AuditWebhookSettings, readAuditWebhookSettings } from "#lib/settings/audit-webhook-settings";
import { readKeepSettings } from "#lib/settings/keep-settings";
import { type KubernetesSettings, readKubernetesSettings } from "#lib/settings/kubernetes-settings";
import { type MailSettings, readMailSettings } from "#lib/settings/mail-settings";
import { type OidcSettings, readOidcSettings } from "#lib/settings/oidc-settings";
import { findWeakness } from "#lib/settings/weak-secret";

export type MetricsAccess =
  | { kind: "loopback" }
  | { kind: "anyone" }
  | { kind: "off" }
  | { kind: "token"; token: string };

export interface Settings {
  port: number;
  registryPort: number;
  registryUrl: string | undefined;
  registryBin: string | undefined;
  /** Absolute path. */
  home: string;
  databaseUrl: string | undefined;
  adminPassword: string | undefined;
  apiKey: string | undefined;
  registryUser: string;
  registryPassword: string | undefined;
  /** No trailing slash. */
  baseUrl: string;
  bind: string;
  masterKey: string | undefined;
  sessionSecret: string | undefined;
  ingestSecret: string | undefined;
  oidc: OidcSettings | null;
  mail: MailSettings | null;
  trustedProxies: string[];
  metrics: MetricsAccess;
  auditWebhook: AuditWebhookSettings | null;
  kubernetes: KubernetesSettings | null;
}

export type SettingsResult = { ok: true; settings: Settings } | { ok: false; problems: string[] };

const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number from 1 to 65535")
    .transform(Number)
    .refine((value) => value >= 1 && value <= 65_535, "must be a port number from 1 to 65535")
    .default(fallback);

const httpUrl = z
  .string()
  .refine(isHttpUrl, "must be an address such as https://wharfinger.example.com, without user or password")
  .transform((value) => value.replace(/\/+$/, ""));

const longSecret = z.string().superRefine((value, context) => {
  const weakness = findWeakness(value);
  if (weakness) context.addIssue({ code: "custom", message: weakness });
});

const cidrList = z.string().transform((value, context) => {
  const entries = value
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
  for (const entry of entries) {
    if (!isCidr(entry)) {
      context.addIssue({
        code: "custom",
        message: `must be networks such as 10.0.0.0/8,fd00::/8; "${entry.slice(0, 60)}" is none`,
      });
    }
  }
  return entries;
});

const metricsAccess = z
  .string()
  .refine((value) => ["loopback", "anyone", "off"].includes(value) || value.length >= 16, {
    message: "must be loopback, anyone, off, or a token of at least 16 characters",
  })
  .transform((value): MetricsAccess => {
    if (value === "loopback" || value === "anyone" || value === "off") return { kind: value };
    return { kind: "token", token: value };
  });

const environmentSchema = z.object({
  PORT: port(3000),
  REGISTRY_PORT: port(5000),
  REGISTRY_URL: httpUrl.optional(),
  REGISTRY_BIN: z.string().optional(),
  WHARFINGER_HOME: z.string().default(".wharfinger"),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, "must be an address such as postgresql://user:password@host:5432/database")
    .optional(),
  WHARFINGER_ADMIN_PASSWORD: z
    .string()
    .min(12, "must have at least 12 characters")
    .max(256, "must have at most 256 characters")
    .optional(),
  WHARFINGER_API_KEY: longSecret.optional(),
  WHARFINGER_REGISTRY_USER: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      "must be 1 to 64 letters, digits, dots, dashes or underscores",
    )
    .refine((value) => value !== "wharfinger", "must not be wharfinger, which the console itself uses")
    .default("demo"),
  WHARFINGER_REGISTRY_PASSWORD: z
    .string()
    .min(8, "must have at least 8 characters")
    // More is cut off by bcrypt, and two logins could share one password without knowing.
    .refine((value) => Buffer.byteLength(value) <= 72, "must have at most 72 bytes")
    .optional(),
  WHARFINGER_BASE_URL: httpUrl
    .refine((value) => !isHttpUrl(value) || new URL(value).pathname === "/", "must have no path")
    .optional(),
  WHARFINGER_BIND: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, "must be an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0")
    .optional(),
  WHARFINGER_MASTER_KEY: longSecret.optional(),
  WHARFINGER_SESSION_SECRET: longSecret.optional(),
  WHARFINGER_INGEST_SECRET: longSecret.optional(),
  WHARFINGER_TRUSTED_PROXIES: cidrList.default([]),
  WHARFINGER_METRICS: metricsAccess.default({ kind: "loopback" }),
});

/**
 * Reads every setting of the product from the environment. All problems are told at once, each as a sentence that
 * begins with the setting's name and never holds a secret's value. An empty setting counts as unset.
 */
export function readSettings(environment: Record<string, string | undefined>): SettingsResult {
  const given = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
  const parsed = environmentSchema.safeParse(given);
  const oidc = readOidcSettings(given);
  const auditWebhook = readAuditWebhookSettings(given);
  const mail = readMailSettings(given);
  const kubernetes = readKubernetesSettings(given);
  const problems = [
    ...(parsed.success
      ? []
      : parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`)),
    ...oidc.problems,
    ...auditWebhook.problems,
    ...mail.problems,
    ...kubernetes.problems,
    ...readKeepSettings(given).problems,
  ];
  if (given.PORT !== undefined && given.PORT === given.REGISTRY_PORT) {
    problems.push("REGISTRY_PORT must differ from PORT.");
  }
  if (given.WHARFINGER_MASTER_KEY && given.WHARFINGER_MASTER_KEY === given.WHARFINGER_SESSION_SECRET) {
    problems.push("WHARFINGER_SESSION_SECRET must differ from WHARFINGER_MASTER_KEY.");
  }
  if (!parsed.success || problems.length > 0) return { ok: false, problems: [...new Set(problems)] };

  const values = parsed.data;
  return {
    ok: true,
    settings: {
      port: values.PORT,
      registryPort: values.REGISTRY_PORT,
      registryUrl: values.REGISTRY_URL,
      registryBin: values.REGISTRY_BIN,
      home: resolve(values.WHARFINGER_HOME),
      databaseUrl: values.DATABASE_URL,
      adminPassword: values.WHARFINGER_ADMIN_PASSWORD,
      apiKey: values.WHARFINGER_API_KEY,
      registryUser: values.WHARFINGER_REGISTRY_USER,
      registryPassword: values.WHARFINGER_REGISTRY_PASSWORD,
      baseUrl: values.WHARFINGER_BASE_URL ?? `http://localhost:${values.PORT}`,
      bind: values.WHARFINGER_BIND ?? "127.0.0.1",
      masterKey: values.WHARFINGER_MASTER_KEY,
      sessionSecret: values.WHARFINGER_SESSION_SECRET,
      ingestSecret: values.WHARFINGER_INGEST_SECRET,
      oidc: oidc.settings,
      mail: mail.settings,
      trustedProxies: values.WHARFINGER_TRUSTED_PROXIES,
      metrics: values.WHARFINGER_METRICS,
      auditWebhook: auditWebhook.settings,
      kubernetes: kubernetes.settings,
    },
  };
}

function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && !url.username && !url.password && !url.search && !url.hash;
}

function isPostgresUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname } = new URL(value);
  return (protocol === "postgresql:" || protocol === "postgres:") && pathname.length > 1;
}

function isCidr(value: string): boolean {
  try {
    ipaddr.parseCIDR(value);
    return true;
  } catch {
    return false;
  }
}
