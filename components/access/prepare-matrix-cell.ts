import { matchesPattern, parsePattern } from "#lib/auth/pattern";
import type { AccessMatrix } from "#lib/grants/schema";

export type MatrixCell = AccessMatrix["rows"][number]["cells"][number];

export interface ShownCell {
  /** The strongest thing that is allowed, in a word; a dot for nothing. */
  word: string;
  tone: "none" | "quiet" | "loud" | "danger";
  /** Holds only for a part of what is below the column. */
  partial: boolean;
  /** The whole of it, for the pointer and for who cannot see the colour. */
  title: string;
}

/** Push is louder than pull, too wide is red and has a sign of its own. */
export function prepareMatrixCell(cell: MatrixCell, principal: string, column: string): ShownCell {
  const { pull, push } = cell;
  const held = { pull, push, delete: cell.delete };
  const strongest = (["delete", "push", "pull"] as const).find((action) => held[action] !== "none");
  if (strongest === undefined)
    return { word: "·", tone: "none", partial: false, title: `${principal}: nothing in ${column}` };
  const word = strongest === "delete" && push !== "none" ? "all" : strongest;
  const sentence = describeHeld(held);
  const warning = cell.warning === null ? "" : ` ${cell.warning}`;
  return {
    word,
    tone: cell.warning !== null ? "danger" : strongest === "pull" ? "quiet" : "loud",
    partial: held[strongest] === "some",
    title: `${principal} may ${sentence} in ${column}.${warning}`,
  };
}

function describeHeld(held: Record<"pull" | "push" | "delete", "all" | "some" | "none">): string {
  const parts = (["pull", "push", "delete"] as const)
    .filter((action) => held[action] !== "none")
    .map((action) => (held[action] === "some" ? `${action} some` : action));
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : (parts[0] ?? "");
}

/** Whether a grant of this pattern can matter for a column of the matrix: a repository, or a folder and what is below. */
export function reachesColumn(
  pattern: string | null,
  column: { path: string; isRepository: boolean; repositoryCount: number },
): boolean {
  if (pattern === null) return false;
  const parsed = parsePattern(pattern);
  if (parsed === null) return false;
  if (column.isRepository && matchesPattern(pattern, column.path)) return true;
  if (column.isRepository && column.repositoryCount <= 1) return false;
  const folder = `${column.path}/`;
  if (parsed.kind === "exact") return parsed.name.startsWith(folder);
  if (parsed.kind === "children") return parsed.prefix.startsWith(folder);
  return parsed.prefix.startsWith(folder) || folder.startsWith(parsed.prefix);
}
