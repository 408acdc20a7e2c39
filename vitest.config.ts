import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["{lib,components,scripts,app,bench,prisma,e2e}/**/*.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", "**/.next/**"],
    setupFiles: process.env.FUZZ ? ["./lib/testing/fuzz-setup.ts"] : [],
    testTimeout: process.env.FUZZ ? 3_600_000 : 60_000,
    hookTimeout: 120_000,
  },
});
