import { createSystemContext } from "#lib/auth/context";
import type { AccessAction } from "#lib/grants/schema";
import { createGrant } from "#lib/grants/service";
import { listProtections, writeProtections } from "#lib/grants/service-protections";
import { hasAccount, isPrincipalKnown } from "#lib/principals/bootstrap";
import { createPrincipal } from "#lib/principals/service";
import { createTrustRule } from "#lib/principals/service-trust-rules";

interface SampleGrant {
  principal: string;
  pattern: string;
  actions: AccessAction[];
  reason: string;
  /** From when the demo is filled. */
  endsAfterDays?: number;
}

interface SamplePrincipal {
  kind: "robot" | "workload" | "group";
  name: string;
  description: string;
}

const teams = ["payments", "search", "web", "ml", "data", "platform"];

const principals: SamplePrincipal[] = [
  ...teams.map((team) => ({
    kind: "robot" as const,
    name: `ci-${team}`,
    description: `The pipelines of ${team}`,
  })),
  { kind: "robot", name: "release-payments", description: "Releases of payments, after the approval" },
  { kind: "robot", name: "release-platform", description: "Releases of the platform, after the approval" },
  { kind: "robot", name: "legacy-jenkins", description: "The old build server, until it is switched off" },
  { kind: "robot", name: "nightly-scan", description: "Looks through every image at night" },
  { kind: "robot", name: "pentest-2026", description: "An outside team, for two weeks" },
  { kind: "workload", name: "prod-cluster", description: "Runs what is in production" },
  { kind: "workload", name: "staging-cluster", description: "Runs what is being tried" },
  { kind: "workload", name: "edge-fleet", description: "Agents on the edge machines" },
  { kind: "group", name: "wharf-platform", description: "The platform engineers, from sign-in" },
];

const grants: SampleGrant[] = [
  ...teams.flatMap((team): SampleGrant[] => [
    {
      principal: `robot:ci-${team}`,
      pattern: `dev/${team}/**`,
      actions: ["push"],
      reason: "Every build of main and of pull requests",
    },
    {
      principal: `robot:ci-${team}`,
      pattern: `staging/${team}/**`,
      actions: ["push"],
      reason: "Release candidates",
    },
  ]),
  {
    principal: "robot:ci-platform",
    pattern: "base/**",
    actions: ["push"],
    reason: "Base images, built every week",
  },
  {
    principal: "robot:release-payments",
    pattern: "prod/payments/**",
    actions: ["push"],
    reason: "Approved releases",
  },
  {
    principal: "robot:release-platform",
    pattern: "prod/platform/**",
    actions: ["push", "delete"],
    reason: "Approved releases, and taking back what was wrong",
  },
  {
    principal: "robot:legacy-jenkins",
    pattern: "**",
    actions: ["push", "delete"],
    reason: "From before there were robots for each team",
  },
  { principal: "robot:nightly-scan", pattern: "**", actions: ["pull"], reason: "Reads layers and SBOMs" },
  {
    principal: "robot:pentest-2026",
    pattern: "prod/payments/api",
    actions: ["pull"],
    reason: "The yearly test of the payments API",
    endsAfterDays: 5,
  },
  { principal: "workload:prod-cluster", pattern: "prod/**", actions: ["pull"], reason: "Pulls to run" },
  { principal: "workload:staging-cluster", pattern: "staging/**", actions: ["pull"], reason: "Pulls to run" },
  {
    principal: "workload:edge-fleet",
    pattern: "platform/tools/**",
    actions: ["pull"],
    reason: "The agent updates itself",
  },
  {
    principal: "group:wharf-platform",
    pattern: "platform/**",
    actions: ["push", "delete"],
    reason: "Tools of the platform engineers",
  },
  {
    principal: "user:admin",
    pattern: "**",
    actions: ["push", "delete"],
    reason: "Puts tags back and deletes in the console, where that is not protected",
  },
  { principal: "signed-in", pattern: "mirror/**", actions: ["pull"], reason: "Images of others, kept near" },
  { principal: "signed-in", pattern: "charts/*", actions: ["pull"], reason: "Charts are for everybody here" },
  { principal: "everyone", pattern: "base/*", actions: ["pull"], reason: "Base images are public" },
];

/**
 * Principals, grants and protections for the demo, each made once: what somebody deleted or changed since stays so.
 * `pusher` is the login that pushes the fleet.
 */
export async function ensureSampleAccess(registry: string, pusher: string, now = new Date()): Promise<void> {
  const ctx = createSystemContext("demo", now);
  const isFirst = !(await isPrincipalKnown("robot", principals[0]?.name ?? ""));
  // Who is there without being made here.
  const made = new Set<string>(isFirst ? ["everyone", "signed-in"] : []);
  if (isFirst && (await hasAccount("admin"))) made.add("user:admin");
  for (const principal of principals) {
    if (await isPrincipalKnown(principal.kind, principal.name)) continue;
    const { id } = await createPrincipal(ctx, principal);
    made.add(`${principal.kind}:${principal.name}`);
    if (principal.name === "ci-web")
      await createTrustRule(ctx, id, {
        issuer: "https://token.actions.githubusercontent.com",
        audience: "localhost",
        subjectPattern: "repo:example/storefront:ref:refs/heads/main",
        claims: {},
      });
  }
  for (const { endsAfterDays, ...grant } of grants) {
    if (!made.has(grant.principal)) continue;
    const expiresAt =
      endsAfterDays === undefined ? null : new Date(now.getTime() + endsAfterDays * 86_400_000).toISOString();
    await createGrant(ctx, { ...grant, registry, expiresAt });
  }
  if (!isFirst) return;
  // The fleet of a later version is pushed by the same login, so it is named too.
  if ((await listProtections(ctx, registry)).items.length > 0) return;
  await writeProtections(ctx, registry, {
    items: ["payments", "platform"].map((team) => ({
      pattern: `prod/${team}/**`,
      pushers: [`robot:release-${team}`, `robot:${pusher}`],
    })),
  });
}
