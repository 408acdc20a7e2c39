/** A service of the sample company, with a repository in each of dev, staging and prod. */
export interface ServiceDefinition {
  team: string;
  name: string;
  base: string;
  port: number;
  packages: string[];
  /** Platforms besides linux/amd64. */
  arm: boolean;
  /** Releases that reached prod, oldest first. */
  releases: string[];
}

const node = ["express@5.1.0", "pino@9.7.0", "undici@7.10.0", "zod@3.25.0"];
const python = ["fastapi@0.115.12", "numpy@2.2.6", "pydantic@2.11.5", "uvicorn@0.34.3"];
const go = ["github.com/go-chi/chi@5.2.1", "github.com/jackc/pgx@5.7.5", "google.golang.org/grpc@1.72.2"];
const nginx = ["nginx@1.28.0", "brotli@1.1.0"];

function service(
  team: string,
  name: string,
  base: string,
  port: number,
  packages: string[],
  releases: string,
  arm = true,
): ServiceDefinition {
  return { team, name, base, port, packages, arm, releases: releases.split(" ") };
}

export const services: ServiceDefinition[] = [
  service("payments", "api", "base/node", 8080, node, "1.0.0 1.1.0 1.1.1 1.2.0 1.3.0 1.4.0 1.4.1"),
  service("payments", "worker", "base/node", 8081, node, "1.0.0 1.1.0 1.2.0 1.3.0 1.4.0"),
  service("payments", "ledger", "base/go-runtime", 9000, go, "0.8.0 0.9.0 1.0.0 1.0.1 1.1.0 2.0.0"),
  service("payments", "webhooks", "base/node", 8082, node, "0.3.0 0.4.0 0.5.0 0.5.1 0.6.0"),
  service("payments", "fraud-score", "base/python", 8000, python, "1.0.0 1.1.0 1.2.0 1.3.0 2.0.0", false),
  service("search", "query", "base/go-runtime", 7700, go, "3.0.0 3.1.0 3.1.1 3.2.0 3.3.0 4.0.0"),
  service("search", "indexer", "base/go-runtime", 7701, go, "3.0.0 3.1.0 3.2.0 3.3.0 4.0.0"),
  service("search", "crawler", "base/python", 8010, python, "0.9.0 1.0.0 1.1.0 1.2.0 1.2.1"),
  service(
    "web",
    "storefront",
    "base/node",
    3000,
    node,
    "2024.9.0 2024.11.0 2025.1.0 2025.3.0 2025.5.0 2025.6.0",
  ),
  service("web", "checkout-ui", "base/nginx", 80, nginx, "5.0.0 5.1.0 5.2.0 5.3.0 5.4.0 5.4.1"),
  service("web", "cdn-edge", "base/nginx", 80, nginx, "1.0.0 1.1.0 1.2.0 1.3.0 1.4.0"),
  service("web", "image-resizer", "base/go-runtime", 8090, go, "0.1.0 0.2.0 0.3.0 0.4.0 0.5.0"),
  service("ml", "trainer", "base/python", 8020, python, "0.4.0 0.5.0 0.6.0 0.7.0 0.8.0", false),
  service("ml", "feature-store", "base/python", 6566, python, "1.0.0 1.1.0 1.2.0 1.3.0 1.4.0"),
  service("ml", "inference", "base/python", 8501, python, "1.0.0 1.1.0 1.2.0 2.0.0 2.1.0 2.1.1", false),
  service("platform", "gateway", "base/go-runtime", 8443, go, "2.0.0 2.1.0 2.2.0 2.3.0 2.4.0 2.4.1 2.5.0"),
  service("platform", "auth", "base/go-runtime", 8444, go, "1.0.0 1.1.0 1.2.0 1.3.0 1.3.1"),
  service("platform", "scheduler", "base/go-runtime", 8450, go, "0.9.0 1.0.0 1.1.0 1.2.0 1.3.0"),
  service("data", "ingest", "base/python", 8030, python, "1.0.0 1.1.0 1.2.0 1.2.1 1.3.0"),
  service("data", "warehouse-loader", "base/python", 8031, python, "0.5.0 0.6.0 0.7.0 0.8.0 0.9.0"),
];
