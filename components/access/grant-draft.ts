import { parsePattern } from "#lib/auth/pattern";
import { formatNewGrantHref } from "#lib/grants/format-new-grant-href";
import type { AccessAction, AccessGrant, CreateGrantBody } from "#lib/grants/schema";
import { formatPrincipalReference, parsePrincipalReference } from "@/components/access/principal-reference";

export type DraftAction = AccessAction | "catalog";

/** A grant while it is being written. All of it stands in the address, so that a link can fill the editor. */
export interface GrantDraft {
  kind: "user" | "group" | "robot" | "workload" | "everyone" | "signed-in";
  name: string;
  registry: string;
  pattern: string;
  actions: DraftAction[];
  /** A day, YYYY-MM-DD, that still counts; empty for no end. */
  until: string;
  reason: string;
}

const knownActions: readonly DraftAction[] = ["pull", "push", "delete", "catalog"];

/** Reads the address leniently: what is not understood is as if it were not there. */
export function parseGrantDraft(search: URLSearchParams, registries: readonly string[]): GrantDraft {
  const principal = parsePrincipalReference(search.get("principal") ?? "");
  const actions = (search.get("actions") ?? "pull").split(",");
  const asked = search.get("registry") ?? "";
  const kind = search.get("kind");
  const known = knownActions.filter((each) => actions.includes(each));
  return {
    kind: principal ? toDraftKind(principal) : kind === "group" || kind === "user" ? kind : readKind(kind),
    name: principal && principal.kind !== "built-in" ? principal.name : "",
    registry: registries.includes(asked) ? asked : (registries[0] ?? ""),
    pattern: (search.get("pattern") ?? "").slice(0, 255),
    actions: known.includes("catalog") ? ["catalog"] : known,
    until: readDay(search.get("until") ?? ""),
    reason: (search.get("reason") ?? "").slice(0, 500),
  };
}

function readKind(kind: string | null): GrantDraft["kind"] {
  return kind === "workload" || kind === "everyone" || kind === "signed-in" ? kind : "robot";
}

function toDraftKind(principal: { kind: string; name: string }): GrantDraft["kind"] {
  if (principal.kind === "built-in") return principal.name === "everyone" ? "everyone" : "signed-in";
  return principal.kind as GrantDraft["kind"];
}

function readDay(text: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : "";
}

/** The principal as bodies name it; empty while its name is missing. */
export function draftPrincipal(draft: Pick<GrantDraft, "kind" | "name">): string {
  if (draft.kind === "everyone" || draft.kind === "signed-in") return draft.kind;
  const name = draft.name.trim();
  return name === "" ? "" : `${draft.kind}:${name}`;
}

/** The address of the editor with this draft in it. */
export function grantDraftHref(draft: Partial<GrantDraft> & { principal?: string }): string {
  const principal =
    draft.principal ?? (draft.kind ? draftPrincipal({ kind: draft.kind, name: draft.name ?? "" }) : "");
  return formatNewGrantHref({ ...draft, principal });
}

export function grantHref(id: string): string {
  return `/access/grants/${encodeURIComponent(id)}`;
}

/** What is missing or wrong before the server need be asked; null when the draft can be sent. */
export function findDraftProblem(draft: GrantDraft): { field: keyof GrantDraft; text: string } | null {
  if (draftPrincipal(draft) === "") return { field: "name", text: "Say who it is for." };
  if (draft.actions.length === 0) return { field: "actions", text: "Choose what it allows." };
  if (draft.registry === "") return { field: "registry", text: "Choose the registry." };
  if (draft.actions.includes("catalog")) return null;
  if (draft.pattern.trim() === "") return { field: "pattern", text: "Say which repositories." };
  if (parsePattern(draft.pattern.trim()) === null)
    return {
      field: "pattern",
      text: "Write a name, or one that ends in /* (one level) or /** (any depth), or ** for everything.",
    };
  return null;
}

/** What the API takes. The last day counts to its end, where the person is. */
export function toGrantBody(draft: GrantDraft): CreateGrantBody {
  const isCatalog = draft.actions.includes("catalog");
  return {
    principal: draftPrincipal(draft),
    registry: draft.registry,
    pattern: isCatalog ? null : draft.pattern.trim(),
    actions: draft.actions,
    reason: draft.reason.trim(),
    expiresAt: endOfDay(draft.until),
  };
}

export function endOfDay(day: string): string | null {
  if (readDay(day) === "") return null;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date, 23, 59, 59).toISOString();
}

/** The day of a time where the person is, as a date field takes it. */
export function toDay(at: string | null): string {
  if (at === null) return "";
  const time = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** A grant as it stands, to be changed in the editor. */
export function draftOfGrant(grant: AccessGrant): GrantDraft {
  const principal = parsePrincipalReference(formatPrincipalReference(grant.principal));
  return {
    kind: principal ? toDraftKind(principal) : "robot",
    name: grant.principal.kind === "built-in" ? "" : grant.principal.name,
    registry: grant.registry,
    pattern: grant.pattern ?? "",
    actions: grant.actions,
    until: toDay(grant.expiresAt),
    reason: grant.reason,
  };
}

/** A stored grant with the changes that an address proposes. */
export function proposeChange(stored: GrantDraft, search: URLSearchParams): GrantDraft {
  const proposed = parseGrantDraft(search, [stored.registry]);
  const isCatalog = stored.actions.includes("catalog");
  return {
    ...stored,
    pattern: search.has("pattern") && !isCatalog ? proposed.pattern : stored.pattern,
    actions: search.has("actions") && !isCatalog ? proposed.actions : stored.actions,
    until: search.has("until") ? proposed.until : stored.until,
    reason: search.has("reason") ? proposed.reason : stored.reason,
  };
}

/** The address at which a grant is changed, with what differs from what is stored. */
export function changeGrantHref(id: string, stored: GrantDraft, draft: GrantDraft): string {
  const changed = new URLSearchParams();
  if (draft.pattern !== stored.pattern) changed.set("pattern", draft.pattern);
  if (draft.actions.join() !== stored.actions.join()) changed.set("actions", draft.actions.join());
  if (draft.until !== stored.until) changed.set("until", draft.until);
  if (draft.reason !== stored.reason) changed.set("reason", draft.reason);
  return `${grantHref(id)}/edit${changed.size > 0 ? `?${changed}` : ""}`;
}
