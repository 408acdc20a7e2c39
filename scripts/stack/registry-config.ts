export interface RegistryConfigOptions {
  host: string;
  port: number;
  storageFolder: string;
  /** Path of the htpasswd file; without it anybody may do anything. */
  htpasswdFile: string | null;
  httpSecret: string;
  notifications: { url: string; secret: string } | null;
  /** False refuses every deletion. */
  deletes?: boolean;
}

/** The configuration of distribution 2.8 and 3 (YAML, of which JSON is a part). */
export function prepareDistributionConfig(options: RegistryConfigOptions): string {
  const { notifications, htpasswdFile } = options;
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
    ...(htpasswdFile === null ? {} : { auth: { htpasswd: { realm: "wharfinger", path: htpasswdFile } } }),
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

/** The same registry as a zot configuration. */
export function prepareZotConfig(options: RegistryConfigOptions): string {
  const { notifications, htpasswdFile } = options;
  const policy = ["read", "create", "update", ...((options.deletes ?? true) ? ["delete"] : [])];
  const config = {
    distSpecVersion: "1.1.1",
    storage: { rootDirectory: options.storageFolder, gc: false },
    http: {
      address: options.host,
      port: String(options.port),
      compat: ["docker2s2"],
      ...(htpasswdFile === null
        ? {}
        : {
            auth: { htpasswd: { path: htpasswdFile }, failDelay: 1 },
            accessControl: {
              repositories: { "**": { defaultPolicy: policy } },
            },
          }),
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
