import { type AccessAction, accessActions, type CheckAccessBody } from "#lib/grants/schema";
import { repositoryProblem } from "#lib/oci/reference";
import type { GrantDraft } from "@/components/access/grant-draft";
import { draftPrincipal } from "@/components/access/grant-draft";
import { parsePrincipalReference } from "@/components/access/principal-reference";
import { toSearch } from "@/components/query/fetch-json";

export type WhoCanQuestion = "repository" | "principal" | "may";

/** Three questions about access, each with its answer at an address. */
export interface WhoCanView {
  by: WhoCanQuestion;
  registry: string;
  repository: string;
  /** Id of a principal, for what it can do. */
  principal: string;
  /** Who, in "may X push Y?". */
  kind: GrantDraft["kind"];
  name: string;
  action: AccessAction;
}

export function parseWhoCanView(search: URLSearchParams, registries: readonly string[]): WhoCanView {
  const by = search.get("by");
  const asked = search.get("registry") ?? "";
  const who = parsePrincipalReference(search.get("who") ?? "");
  const kind = search.get("kind");
  return {
    by: by === "principal" || by === "may" ? by : "repository",
    registry: registries.includes(asked) ? asked : (registries[0] ?? ""),
    repository: (search.get("repository") ?? "").slice(0, 255),
    principal: search.get("principal") ?? "",
    kind: who
      ? who.kind === "built-in"
        ? (who.name as "everyone" | "signed-in")
        : who.kind
      : (kinds.find((each) => each === kind) ?? "robot"),
    name: who && who.kind !== "built-in" ? who.name : "",
    action: accessActions.find((each) => each === search.get("action")) ?? "push",
  };
}

const kinds = ["user", "group", "robot", "workload", "everyone", "signed-in"] as const;

export function whoCanHref(view: WhoCanView, change: Partial<WhoCanView> = {}): string {
  const next = { ...view, ...change };
  const may = next.by === "may";
  const who = draftPrincipal(next);
  return `/access/who-can${toSearch({
    by: next.by === "repository" ? "" : next.by,
    registry: next.registry,
    repository: next.by === "principal" ? "" : next.repository,
    principal: next.by === "principal" ? next.principal : "",
    who: may ? who : "",
    kind: may && who === "" ? next.kind : "",
    action: may ? next.action : "",
  })}`;
}

/** The question as the API takes it; null while a part of it is missing. */
export function toCheckBody(view: WhoCanView): CheckAccessBody | null {
  const principal = draftPrincipal(view);
  const repository = view.repository.trim();
  if (principal === "" || view.registry === "" || repositoryProblem(repository) !== null) return null;
  return { principal, registry: view.registry, repository, action: view.action };
}
