import { prepareDistributionAuth, prepareZotAuth } from "#lib/enforcement/rules-setup";

/** Where the registry gets to know who may do what: our token endpoint, and the file by which it knows our tokens. */
export interface TokenAuthConfig {
  realm: string;
  service: string;
  issuer: string;
  /** Root certificate or JWKS for distribution, public key for zot. */
  file: { rootCertBundle: string } | { jwks: string } | { key: string };
}

export interface RegistryConfigOptions {
  host: string;
  port: number;
  storageFolder: string;
  /** Path of the htpasswd file; without it anybody may do anything. */
  htpasswdFile: string | null;
  /** In place of the htpasswd file. */
  tokenAuth?: TokenAuthConfig | null;
  httpSecret: string;
  notifications: { url: string; secret: string } | null;
  /** False refuses every deletion. */
  deletes?: boolean;
}

/** The configuration of distribution 2.8 and 3 (YAML, of which JSON is a part). */
export function prepareDistributionConfig(options: RegistryConfigOptions): string {
  const { notifications } = options;
  const config = {
    version: 0.1,
    log: { level: "info", formatter: "json", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: options.storageFolder, maxthreads: 100 },
      delete: { enabled: options.deletes ?? true },
      maintenance: { uploadpurging: { enabled: true, age: "24h", interval: "24h", dryrun: false } },
    },
    http: {
      addr: `${options.host}:${options.port}`,
      secret: options.httpSecret,
      headers: { "X-Content-Type-Options": ["nosniff"] },
    },
    ...prepareDistributionAccess(options),
    ...(notifications === null
      ? {}
      : {
          notifications: {
            endpoints: [
              {
                name: "wharfinger",
                url: notifications.url,
                headers: { Authorization: [`Bearer ${notifications.secret}`] },
                timeout: "5s",
                threshold: 5,
                backoff: "1s",
                // Events of single layers; every push and pull of a manifest has its own.
                ignoredmediatypes: ["application/octet-stream"],
              },
            ],
          },
        }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function prepareDistributionAccess({ tokenAuth, htpasswdFile }: RegistryConfigOptions) {
  if (tokenAuth) {
    if ("key" in tokenAuth.file) throw new Error("Distribution takes a certificate bundle or a JWKS.");
    return { auth: prepareDistributionAuth(tokenAuth, tokenAuth.file) };
  }
  return htpasswdFile === null ? {} : { auth: { htpasswd: { realm: "wharfinger", path: htpasswdFile } } };
}

function prepareZotAccess({ tokenAuth, htpasswdFile, deletes = true }: RegistryConfigOptions) {
  if (tokenAuth) {
    if (!("key" in tokenAuth.file)) throw new Error("zot takes a public key.");
    return { auth: prepareZotAuth(tokenAuth, tokenAuth.file.key) };
  }
  if (htpasswdFile === null) return {};
  const policy = ["read", "create", "update", ...(deletes ? ["delete"] : [])];
  return {
    auth: { htpasswd: { path: htpasswdFile }, failDelay: 1 },
    accessControl: { repositories: { "**": { defaultPolicy: policy } } },
  };
}

/** The same registry as a zot configuration. */
export function prepareZotConfig(options: RegistryConfigOptions): string {
  const { notifications } = options;
  const config = {
    distSpecVersion: "1.1.1",
    storage: { rootDirectory: options.storageFolder, gc: false },
    http: {
      address: options.host,
      port: String(options.port),
      compat: ["docker2s2"],
      ...prepareZotAccess(options),
    },
    log: { level: "info" },
    extensions: {
      search: { enable: true },
      ...(notifications === null
        ? {}
        : {
            events: {
              enable: true,
              sinks: [
                {
                  type: "http",
                  address: notifications.url,
                  timeout: "5s",
                  headers: { Authorization: `Bearer ${notifications.secret}` },
                },
              ],
            },
          }),
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
