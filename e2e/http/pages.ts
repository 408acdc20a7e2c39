import type { Permission } from "#lib/auth/permissions";
import type { MatrixTarget } from "./expect-verdict.ts";
import { formatQuery } from "./send-request.ts";
import type { Stage } from "./stage.ts";

export interface PageEntry {
  /** As the folders below app/ say, parameters in braces. */
  address: string;
  /** A path that leads to it. */
  path(stage: Stage): string;
  /** Anybody may see it. */
  open?: boolean;
  /** What it shows, when that may be hidden from somebody who is signed in. */
  hidden?: { access: Permission; target(stage: Stage): MatrixTarget };
  /** It only leads on. */
  leads?: boolean;
}

const nothing = "01a00000-0000-7000-8000-000000000000";

/** Every page of the console. matrix-coverage.test.ts fails when one is missing. */
export const pages: readonly PageEntry[] = [
  { address: "/sign-in", path: () => "/sign-in", open: true },
  { address: "/", path: () => "/" },
  { address: "/activity", path: () => "/activity" },
  { address: "/audit", path: () => "/audit" },
  { address: "/access", path: () => "/access" },
  ...[
    "as-code",
    "denied",
    "grants",
    "grants/new",
    "mine",
    "principals",
    "protected",
    "requests",
    "suggestions",
    "who-can",
  ].map((name) => ({ address: `/access/${name}`, path: () => `/access/${name}` })),
  // What they show comes from the API alone, which knows who may see it.
  { address: "/access/grants/{id}", path: () => `/access/grants/${nothing}` },
  { address: "/access/grants/{id}/edit", path: () => `/access/grants/${nothing}/edit` },
  { address: "/access/principals/{id}", path: () => `/access/principals/${nothing}` },
  { address: "/images", path: () => "/images" },
  {
    address: "/images/{...reference}",
    path: ({ alpha }) => `/images/${alpha.slug}/${alpha.repositories[1].name}`,
    hidden: {
      access: "repositories.read",
      target: ({ alpha }) => ({ kind: "repository", tenant: alpha, repository: alpha.repositories[1] }),
    },
  },
  {
    address: "/compare",
    path: ({ alpha }) => {
      const [hidden] = [alpha.repositories[1]];
      const name = `${alpha.slug}/${hidden.name}`;
      return `/compare${formatQuery({ from: `${name}:v1`, to: `${name}@${hidden.digests[0]}` })}`;
    },
  },
  { address: "/diagnose", path: () => "/diagnose" },
  { address: "/failures", path: () => "/failures" },
  { address: "/registries", path: () => "/registries" },
  { address: "/registries/new", path: () => "/registries/new" },
  {
    address: "/registries/{slug}",
    path: ({ beta }) => `/registries/${beta.slug}`,
    hidden: {
      access: "registries.read",
      target: ({ beta }) => ({ kind: "registry", tenant: beta, inPart: true }),
    },
  },
  { address: "/settings", path: () => "/settings", leads: true },
  ...["account", "alerts", "api-keys", "networks", "people", "sessions", "teams"].map((name) => ({
    address: `/settings/${name}`,
    path: () => `/settings/${name}`,
  })),
];
