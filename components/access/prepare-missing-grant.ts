import type { AccessAction } from "#lib/grants/schema";
import type { TokenDenial } from "#lib/tokens/schema";
import { type DraftAction, grantDraftHref } from "@/components/access/grant-draft";
import { formatPrincipalReference, principalHref } from "@/components/access/principal-reference";
import { toSearch } from "@/components/query/fetch-json";

export interface Remedy {
  label: string;
  href: string;
}

const grantable: readonly AccessAction[] = ["pull", "push", "delete"];

/** What mends a refusal: the grant that is missing, written down already; or the place where the trouble is. */
export function prepareRemedy(denial: TokenDenial): Remedy | null {
  switch (denial.reason) {
    case "no-grant":
    case "expired-grant":
      return prepareMissingGrant(denial);
    case "protected":
      return denial.registry === null
        ? null
        : {
            label: "Name who may push there",
            href: `/access/protected${toSearch({
              registry: denial.registry,
              repository: denial.repository,
              pusher: referenceOf(denial),
            })}`,
          };
    case "expired-secret":
    case "revoked-secret":
      return denial.principal && { label: "Make a new secret", href: principalHref(denial.principal.id) };
    case "disabled":
      return denial.principal && { label: "Open the principal", href: principalHref(denial.principal.id) };
    case "not-trusted":
      return (
        denial.principal && {
          label: "Look at its trust rules",
          href: `${principalHref(denial.principal.id)}?tab=trust`,
        }
      );
    default:
      return null;
  }
}

function prepareMissingGrant(denial: TokenDenial): Remedy | null {
  const principal = referenceOf(denial);
  if (denial.registry === null || principal === null) return null;
  const asked = denial.actions.filter((action): action is AccessAction =>
    grantable.some((each) => each === action),
  );
  const isCatalog = denial.type === "registry" && denial.actions.includes("catalog");
  // The strongest is enough: push includes pull.
  const actions: DraftAction[] = isCatalog
    ? ["catalog"]
    : asked.filter((action) => action !== "pull" || !asked.includes("push"));
  if (actions.length === 0 || (!isCatalog && denial.repository === null)) return null;
  // Nobody in particular can only ever pull.
  if (principal === "everyone" && actions.some((action) => action !== "pull")) return null;
  return {
    label: "Prepare the missing grant",
    href: grantDraftHref({
      principal,
      registry: denial.registry,
      pattern: isCatalog ? "" : (denial.repository ?? ""),
      actions,
    }),
  };
}

function referenceOf(denial: TokenDenial): string | null {
  const { principal, account } = denial;
  if (principal === null) return account === null ? "everyone" : null;
  const { kind, name } = principal;
  if (kind === "user" || kind === "group" || kind === "robot" || kind === "workload" || kind === "built-in")
    return formatPrincipalReference({ kind, name });
  return null;
}
