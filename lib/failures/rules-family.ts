import type { SignalSide } from "#lib/events/signal";
import type { FailureCause } from "#lib/failures/schema";

/**
 * Causes that are one trouble told in several ways. `access` does not say whether the credentials or the grant is the
 * trouble; `unclear` says no more than that something failed.
 */
export const causeFamilies = [
  "credentials",
  "grant",
  "access",
  "absent",
  "content",
  "platform",
  "policy",
  "address",
  "throttled",
  "registry",
  "network",
  "tls",
  "malformed",
  "disk",
  "unclear",
] as const;
export type CauseFamily = (typeof causeFamilies)[number];

/**
 * The most specific first within each family. `not-signed-in` stands behind what is told of somebody who did sign in:
 * the first answer of most registries, before any sign-in, says it too.
 */
const families: Record<CauseFamily, readonly FailureCause[]> = {
  credentials: ["credentials-expired", "wrong-credentials"],
  grant: ["no-grant", "not-signed-in"],
  access: ["denied-or-missing", "unauthorized"],
  absent: ["tag-deleted", "tag-never-existed", "content-missing", "not-found"],
  content: ["digest-mismatch"],
  platform: ["no-platform"],
  policy: ["blocked-by-policy"],
  address: ["address-not-allowed"],
  throttled: ["throttled"],
  registry: ["registry-error"],
  network: ["proxy", "name-not-resolved", "cannot-connect", "timeout"],
  tls: ["http-not-https", "tls-not-trusted"],
  malformed: ["malformed-reference"],
  disk: ["node-disk-full"],
  unclear: ["unknown", "no-cause-in-text"],
};

const familyByCause = new Map<FailureCause, CauseFamily>();
const rankByCause = new Map<FailureCause, number>();
for (const family of causeFamilies)
  for (const [rank, cause] of families[family].entries()) {
    familyByCause.set(cause, family);
    rankByCause.set(cause, rank);
  }

export function familyOf(cause: FailureCause): CauseFamily {
  return familyByCause.get(cause) ?? "unclear";
}

/** The most specific of what was told in the family; of other causes only where the family has none. */
export function chooseCause(
  family: CauseFamily,
  told: Iterable<{ cause: FailureCause; side: SignalSide }>,
): FailureCause {
  let best: FailureCause = "unknown";
  let bestRank = Number.POSITIVE_INFINITY;
  for (const { cause, side } of told) {
    const rank = rankOf(family, cause, side);
    if (rank < bestRank || (rank === bestRank && cause < best)) {
      best = cause;
      bestRank = rank;
    }
  }
  return best;
}

function rankOf(family: CauseFamily, cause: FailureCause, side: SignalSide): number {
  const own = familyOf(cause);
  const rank = rankByCause.get(cause) ?? 0;
  // Our own token endpoint knows why it refused; a client only reads it out of an answer.
  if (own === family) return side === "denial" ? rank - 100 : rank;
  return own === "unclear" ? 200 + rank : 100 + rank;
}

/**
 * In which families to look for what a signal is evidence of, the likeliest first. An access log knows only a status,
 * and 403 is also how firewalls and policies refuse.
 */
export function familiesToJoin(family: CauseFamily, side: SignalSide): readonly (CauseFamily | "any")[] {
  if (family === "unclear") return ["any"];
  const others: readonly CauseFamily[] = side === "access-log" ? ["policy", "address"] : [];
  if (isVague(family)) return ["grant", "credentials", "access", "unclear", ...others];
  if (saysWhichAccess(family)) return [family, "access", "unclear", ...others];
  return [family, "unclear"];
}

/** Access was refused, and it is not said whether the credentials or the grant is the reason. */
export function isVague(family: CauseFamily): boolean {
  return family === "access";
}

/** What a vague refusal may turn out to be. */
export function saysWhichAccess(family: CauseFamily): boolean {
  return family === "credentials" || family === "grant";
}
