import { type PrincipalKind, principalKinds } from "#lib/principals/schema";
import { toSearch } from "@/components/query/fetch-json";

/** What the address of the matrix says: where, whose rows, and which cell is looked into. */
export interface MatrixView {
  registry: string;
  /** The folder whose children are the columns; empty for the top. */
  prefix: string;
  kind: PrincipalKind | "";
  q: string;
  /** The cell that is open: a principal's id and the path of a column. */
  principal: string;
  column: string;
  /** The columns after this one, where there are many. */
  after: string;
}

export function parseMatrixView(search: URLSearchParams, registries: readonly string[]): MatrixView {
  const asked = search.get("registry") ?? "";
  const kind = search.get("kind") ?? "";
  return {
    registry: registries.includes(asked) ? asked : (registries[0] ?? ""),
    prefix: (search.get("prefix") ?? "").slice(0, 255).replace(/^\/+|\/+$/g, ""),
    kind: principalKinds.find((each) => each === kind) ?? "",
    q: (search.get("q") ?? "").slice(0, 255),
    principal: search.get("principal") ?? "",
    column: search.get("column") ?? "",
    after: (search.get("after") ?? "").slice(0, 255),
  };
}

export function matrixHref(view: MatrixView, change: Partial<MatrixView> = {}): string {
  const next = { ...view, ...change };
  return `/access${toSearch({
    registry: next.registry,
    prefix: next.prefix,
    kind: next.kind,
    q: next.q,
    principal: next.principal,
    column: next.column,
    after: next.after,
  })}`;
}

export function toMatrixQuery(view: MatrixView) {
  return {
    registry: view.registry,
    prefix: view.prefix || undefined,
    kind: view.kind || undefined,
    q: view.q.trim() || undefined,
    columnsAfter: view.after || undefined,
  };
}
