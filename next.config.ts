import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Tests build beside a console that runs.
  distDir: process.env.WHARFINGER_DIST_DIR ?? ".next",
  // npm run check is where types are checked; a first start should not pay for it again.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    "@node-rs/argon2",
    "pino",
    "pg",
    "undici",
    "graphile-worker",
    "@prisma/client",
    "jose",
    "@peculiar/x509",
    "reflect-metadata",
  ],
  devIndicators: false,
  // The optimizer would fetch addresses for whoever asks; our pictures are used as they are.
  images: { unoptimized: true },
  compress: true,
  productionBrowserSourceMaps: false,
};

export default config;
