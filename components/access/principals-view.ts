import { type PrincipalKind, principalKinds } from "#lib/principals/schema";
import { toSearch } from "@/components/query/fetch-json";

const states = ["live", "disabled", "deleted"] as const;
const owners = ["enabled", "disabled", "none"] as const;
const sorts = ["name", "-name", "createdAt", "-createdAt"] as const;

export interface PrincipalsView {
  q: string;
  kind: PrincipalKind | "";
  state: (typeof states)[number] | "";
  /** Whether somebody answers for it. */
  owner: (typeof owners)[number] | "";
  sort: string;
  /** The dialog that makes one is open. */
  creating: boolean;
}

export function parsePrincipalsView(search: URLSearchParams): PrincipalsView {
  const pick = <T extends string>(name: string, known: readonly T[]): T | "" =>
    known.find((each) => each === search.get(name)) ?? "";
  return {
    q: (search.get("q") ?? "").slice(0, 255),
    kind: pick("kind", principalKinds),
    state: pick("state", states),
    owner: pick("owner", owners),
    sort: pick("sort", sorts) || "name",
    creating: search.get("new") === "true",
  };
}

export function principalsHref(view: PrincipalsView, change: Partial<PrincipalsView> = {}): string {
  const next = { ...view, ...change };
  return `/access/principals${toSearch({
    q: next.q,
    kind: next.kind,
    state: next.state,
    owner: next.owner,
    sort: next.sort === "name" ? "" : next.sort,
    new: next.creating ? "true" : "",
  })}`;
}

export function toPrincipalsQuery(view: PrincipalsView) {
  return {
    q: view.q.trim() || undefined,
    kind: view.kind || undefined,
    state: view.state || undefined,
    owner: view.owner || undefined,
    sort: view.sort,
  };
}
