/** What npm test started for the journeys. */
export const stack = {
  /** No trailing slash. */
  get url() {
    return requireSetting("E2E_BASE_URL").replace(/\/+$/, "");
  },
  get apiKey() {
    return requireSetting("E2E_API_KEY");
  },
  get adminPassword() {
    return requireSetting("E2E_ADMIN_PASSWORD");
  },
  get ingestSecret() {
    return requireSetting("E2E_INGEST_SECRET");
  },
  get oidcPort() {
    return Number(requireSetting("E2E_OIDC_PORT"));
  },
  get registryUrl() {
    return requireSetting("TEST_REGISTRY_URL");
  },
  /** As it stands in a reference. */
  get registryHost() {
    return new URL(this.registryUrl).host;
  },
  /** The login with which the tests push and pull, as people and pipelines do. */
  get pushLogin() {
    return { user: requireSetting("TEST_REGISTRY_USER"), password: requireSetting("TEST_REGISTRY_PASSWORD") };
  },
  /** The login of the console itself. */
  get consoleLogin() {
    return { user: requireSetting("E2E_REGISTRY_USER"), password: requireSetting("E2E_REGISTRY_PASSWORD") };
  },
};

/** What the console calls the registry of the tests. */
export const registrySlug = "pier";

function requireSetting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run npm test, which starts what the journeys need.`);
  return value;
}
