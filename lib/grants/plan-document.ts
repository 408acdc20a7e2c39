import { formatGrantSentence } from "#lib/grants/format-grant";
import type { DocumentGrant, DocumentPrincipal, GrantsDocument } from "#lib/grants/parse-document";
import type { DocumentPlan } from "#lib/grants/schema";
import type { DocumentProblem } from "#lib/grants/split-document";
import { formatPrincipalReference, parsePrincipalReference } from "#lib/principals/rules";

export interface PresentPrincipal {
  id: string;
  kind: string;
  name: string;
  description: string;
  owner: string | null;
  disabled: boolean;
  canChange: boolean;
}

export interface PresentGrant {
  id: string;
  principal: string;
  registry: string;
  pattern: string | null;
  actions: readonly string[];
  until: string | null;
  reason: string;
  canWrite: boolean;
}

export interface PresentRegistry {
  slug: string;
  protections: readonly { pattern: string; pushers: readonly string[] }[];
  canProtect: boolean;
}

export interface PresentState {
  /** Robots, workloads and groups that are not deleted and that the writer sees. */
  principals: readonly PresentPrincipal[];
  /** References to those that were deleted: their names are used up. */
  deleted: ReadonlySet<string>;
  /** Logins of accounts that are enabled. */
  logins: ReadonlySet<string>;
  /** Live grants that the writer sees. */
  grants: readonly PresentGrant[];
  /** Those that the document is about and the writer sees. */
  registries: readonly PresentRegistry[];
  /** Whether who is not in the document goes: for who may write everything, and documents about everything. */
  removesPrincipals: boolean;
  canWrite(registry: string, pattern: string | null): boolean;
}

export type PlannedChange =
  | { do: "create-principal"; principal: DocumentPrincipal }
  | { do: "change-principal"; id: string; principal: DocumentPrincipal }
  | { do: "delete-principal"; id: string }
  | { do: "create-grant"; grant: DocumentGrant }
  | { do: "change-grant"; id: string; grant: DocumentGrant }
  | { do: "revoke-grant"; id: string }
  | { do: "protect"; registry: string; items: { pattern: string; pushers: string[] }[] };

export interface PlannedDocument {
  changes: PlannedChange[];
  items: DocumentPlan["items"];
  unchanged: number;
  problems: DocumentProblem[];
}

/** What would have to change so that what is there is what the document says. */
export function planDocument(present: PresentState, wanted: GrantsDocument, now: Date): PlannedDocument {
  const plan: PlannedDocument = { changes: [], items: [], unchanged: 0, problems: [] };
  const removed = planPrincipals(plan, present, wanted.principals);
  const known = new Set([
    ...present.principals.map(formatPrincipalReference),
    ...(wanted.principals ?? []).map(formatPrincipalReference),
  ]);
  const holding = new Set([
    ...present.grants.map((grant) => grant.principal),
    ...present.registries.flatMap(({ protections }) => protections.flatMap(({ pushers }) => pushers)),
  ]);
  const isThere = (reference: string) => {
    if (removed.has(reference)) return false;
    const parsed = parsePrincipalReference(reference);
    if (parsed?.by !== "name") return parsed?.by === "built-in";
    if (parsed.kind === "user") return present.logins.has(parsed.name) || holding.has(reference);
    return parsed.kind === "group" || known.has(reference);
  };
  if (wanted.grants) planGrants(plan, present, wanted.grants, isThere, now);
  if (wanted.protections) planProtections(plan, present, wanted.protections, isThere);
  for (const id of removed.values()) plan.changes.push({ do: "delete-principal", id });
  return plan;
}

/** Returns those that go, by reference. */
function planPrincipals(
  plan: PlannedDocument,
  present: PresentState,
  wanted: GrantsDocument["principals"],
): Map<string, string> {
  const removed = new Map<string, string>();
  if (!wanted) return removed;
  const before = new Map(present.principals.map((one) => [formatPrincipalReference(one), one]));
  const named = new Set<string>();
  for (const principal of wanted) {
    const { line } = principal;
    const reference = formatPrincipalReference(principal);
    const problem = (message: string) => plan.problems.push({ line, message });
    if (named.has(reference)) problem(`${reference} is in the list twice.`);
    named.add(reference);
    const row = before.get(reference);
    // Who answered for it and left is no error of the document: it must not stop working that day.
    if (principal.owner !== null && principal.owner !== row?.owner && !present.logins.has(principal.owner))
      problem(`owner: there is no account ${principal.owner} that is enabled.`);
    if (!row) {
      if (present.deleted.has(reference) && principal.kind !== "group")
        problem(`${reference} was deleted, and a name is never used again.`);
      plan.changes.push({ do: "create-principal", principal });
      plan.items.push({ change: "added", what: "principal", text: reference });
      continue;
    }
    // No owner in the document leaves the one that is there: nobody can be taken away without a successor.
    const isSame =
      row.description === principal.description &&
      row.disabled === principal.disabled &&
      (principal.owner === null || row.owner === principal.owner);
    if (isSame) plan.unchanged++;
    else {
      if (!row.canChange)
        problem(`Only the owner of ${reference}, and who holds access.write everywhere, may change it.`);
      plan.changes.push({ do: "change-principal", id: row.id, principal });
      plan.items.push({
        change: "changed",
        what: "principal",
        text: describeChange(reference, row, principal),
      });
    }
  }
  if (!present.removesPrincipals) return removed;
  for (const [reference, row] of before) {
    // A group is only a name of the identity provider, and holds nothing but its grants.
    if (named.has(reference) || row.kind === "group" || !row.canChange) continue;
    removed.set(reference, row.id);
    plan.items.push({
      change: "removed",
      what: "principal",
      text: `${reference}, with its secrets and grants; its name is never used again`,
    });
  }
  return removed;
}

function describeChange(reference: string, row: PresentPrincipal, wanted: DocumentPrincipal): string {
  const parts = [
    ...(row.description === wanted.description ? [] : ["description"]),
    ...(wanted.owner === null || row.owner === wanted.owner
      ? []
      : [`owner ${row.owner ?? "nobody"} → ${wanted.owner}`]),
    ...(row.disabled === wanted.disabled ? [] : [wanted.disabled ? "disabled" : "enabled"]),
  ];
  return `${reference}: ${parts.join(", ")}`;
}

function planGrants(
  plan: PlannedDocument,
  present: PresentState,
  wanted: readonly DocumentGrant[],
  isThere: (reference: string) => boolean,
  now: Date,
): void {
  const slugs = new Set(present.registries.map((registry) => registry.slug));
  const left = Map.groupBy(present.grants, keyOf);
  const take = (grant: DocumentGrant, isMatch: (row: PresentGrant) => boolean) => {
    const rows = left.get(keyOf(grant)) ?? [];
    const at = rows.findIndex(isMatch);
    return at === -1 ? null : (rows.splice(at, 1)[0] ?? null);
  };
  const rest: DocumentGrant[] = [];
  for (const grant of wanted) {
    const isOver = grant.until !== null && new Date(grant.until) <= now;
    // A document is kept for long: what has ended by itself is no error in it.
    if (isOver || take(grant, (row) => isSameGrant(row, grant))) plan.unchanged++;
    else rest.push(grant);
  }
  for (const grant of rest) {
    const { line } = grant;
    const problem = (message: string) => plan.problems.push({ line, message });
    if (!slugs.has(grant.registry)) {
      problem(`There is no registry ${grant.registry} in this document's reach, or you may not see it.`);
      continue;
    }
    if (!isThere(grant.principal)) problem(`There is nobody named ${grant.principal}.`);
    if (isBuiltIn(grant.principal) && grant.actions.some((action) => action !== "pull"))
      problem("Everyone and everybody who signs in may be given pull only.");
    if (!present.canWrite(grant.registry, grant.pattern))
      problem(
        `Your roles do not let you write grants for ${grant.pattern ?? "the catalogue"} in ${grant.registry}.`,
      );
    const row = take(grant, ({ canWrite }) => canWrite);
    if (row) {
      plan.changes.push({ do: "change-grant", id: row.id, grant });
      plan.items.push({ change: "changed", what: "grant", text: `${inWords(grant)} (was: ${inWords(row)})` });
    } else {
      plan.changes.push({ do: "create-grant", grant });
      plan.items.push({ change: "added", what: "grant", text: inWords(grant) });
    }
  }
  for (const row of [...left.values()].flat()) {
    if (!row.canWrite) continue;
    plan.changes.push({ do: "revoke-grant", id: row.id });
    plan.items.push({ change: "removed", what: "grant", text: inWords(row) });
  }
}

function keyOf(grant: { principal: string; registry: string; pattern: string | null }): string {
  return JSON.stringify([grant.principal, grant.registry, grant.pattern]);
}

function isSameGrant(row: PresentGrant, grant: DocumentGrant): boolean {
  return (
    row.actions.join() === grant.actions.join() && row.until === grant.until && row.reason === grant.reason
  );
}

function isBuiltIn(reference: string): boolean {
  return parsePrincipalReference(reference)?.by === "built-in";
}

function inWords(grant: Omit<DocumentGrant, "line" | "actions"> & { actions: readonly string[] }): string {
  const parsed = parsePrincipalReference(grant.principal);
  const name = parsed && parsed.by !== "id" ? parsed.name : grant.principal;
  const kind = parsed?.by === "name" ? parsed.kind : "built-in";
  return formatGrantSentence({ ...grant, principal: { kind, name }, expiresAt: grant.until });
}

function planProtections(
  plan: PlannedDocument,
  present: PresentState,
  wanted: NonNullable<GrantsDocument["protections"]>,
  isThere: (reference: string) => boolean,
): void {
  const slugs = new Set(present.registries.map((registry) => registry.slug));
  for (const { line, registry, pushers } of wanted) {
    if (!slugs.has(registry))
      plan.problems.push({
        line,
        message: `There is no registry ${registry} in this document's reach, or you may not see it.`,
      });
    for (const pusher of pushers)
      if (!isThere(pusher)) plan.problems.push({ line, message: `There is nobody named ${pusher}.` });
  }
  for (const registry of present.registries) {
    const list = wanted.filter((one) => one.registry === registry.slug);
    const before = new Map(registry.protections.map((one) => [one.pattern, one.pushers.toSorted().join()]));
    const after = new Map<string, string>();
    const items: DocumentPlan["items"] = [];
    let unchanged = 0;
    let line: number | null = null;
    for (const one of list) {
      if (after.has(one.pattern))
        plan.problems.push({ line: one.line, message: `${one.pattern} is in the list twice.` });
      const pushers = one.pushers.toSorted().join();
      after.set(one.pattern, pushers);
      const text = `${one.pattern} in ${registry.slug}, pushed to by ${one.pushers.toSorted().join(", ") || "promotions only"}`;
      if (before.get(one.pattern) === pushers) unchanged++;
      else {
        line ??= one.line;
        items.push({ change: before.has(one.pattern) ? "changed" : "added", what: "protection", text });
      }
    }
    const gone = [...before.keys()].filter((pattern) => !after.has(pattern));
    plan.unchanged += unchanged;
    if (!registry.canProtect) {
      if (line !== null)
        plan.problems.push({
          line,
          message: `Your roles do not let you change what is protected in ${registry.slug}.`,
        });
      continue;
    }
    for (const pattern of gone)
      items.push({ change: "removed", what: "protection", text: `${pattern} in ${registry.slug}` });
    if (items.length === 0) continue;
    plan.items.push(...items);
    plan.changes.push({
      do: "protect",
      registry: registry.slug,
      items: list.map(({ pattern, pushers }) => ({ pattern, pushers })),
    });
  }
}
