import { repositoryProblem } from "#lib/oci/reference";
import { type DenialReason, denialReasons } from "#lib/tokens/schema";
import { toSearch } from "@/components/query/fetch-json";

export interface DeniedView {
  registry: string;
  repository: string;
  reason: DenialReason | "";
  q: string;
}

export const reasonWords: Record<DenialReason, string> = {
  "no-grant": "no grant",
  protected: "protected",
  "expired-grant": "grant expired",
  "wrong-credentials": "wrong credentials",
  "expired-secret": "secret expired",
  "revoked-secret": "secret revoked",
  disabled: "disabled",
  "not-trusted": "not trusted",
  "invalid-scope": "malformed request",
  throttled: "slowed down",
};

export function parseDeniedView(search: URLSearchParams): DeniedView {
  const repository = search.get("repository") ?? "";
  return {
    registry: search.get("registry") ?? "",
    repository: repositoryProblem(repository) === null ? repository : "",
    reason: denialReasons.find((each) => each === search.get("reason")) ?? "",
    q: (search.get("q") ?? "").slice(0, 255),
  };
}

export function deniedHref(view: DeniedView, change: Partial<DeniedView> = {}): string {
  return `/access/denied${toSearch({ ...view, ...change })}`;
}

export function toDeniedQuery(view: DeniedView) {
  return {
    registry: view.registry || undefined,
    repository: view.repository || undefined,
    reason: view.reason || undefined,
    q: view.q.trim() || undefined,
  };
}
