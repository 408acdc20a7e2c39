import { defineConfig } from "@playwright/test";

/** The journeys run on what npm test starts: a built console, a real registry, a real Postgres. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  // Two cores may be building something else meanwhile.
  expect: { timeout: 20_000 },
  reporter: [["line"]],
  use: {
    baseURL: process.env.E2E_BASE_URL,
    trace: "retain-on-failure",
    actionTimeout: 20_000,
    navigationTimeout: 45_000,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH || process.env.CHROMIUM_BIN || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "prepare", testMatch: "prepare.setup.ts", timeout: 300_000 },
    { name: "journeys", testMatch: "*.spec.ts", dependencies: ["prepare"] },
  ],
});
