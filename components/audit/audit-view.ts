/** What of the audit is shown; all of it stands in the address. */
export interface AuditView {
  q: string;
  actor: string;
  action: string;
  registry: string;
  outcome: string;
  from: string;
  to: string;
}

const names = ["q", "actor", "action", "registry", "outcome", "from", "to"] as const;

export function parseAuditView(search: URLSearchParams): AuditView {
  const read = (name: (typeof names)[number]) => search.get(name)?.slice(0, 255) ?? "";
  return {
    q: read("q"),
    actor: read("actor"),
    action: read("action"),
    registry: read("registry"),
    outcome: read("outcome"),
    from: read("from"),
    to: read("to"),
  };
}

/** Days of the address become the UTC times that the API takes; `to` is a day that still counts. */
export function toAuditQuery(view: AuditView) {
  return {
    q: view.q || undefined,
    actor: view.actor || undefined,
    action: view.action || undefined,
    registry: view.registry || undefined,
    outcome: view.outcome || undefined,
    from: toTime(view.from, 0),
    to: toTime(view.to, 1),
  };
}

function toTime(day: string, plusDays: number): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const time = new Date(year, month - 1, date + plusDays);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

export function auditHref(view: AuditView, change: Partial<AuditView>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...view, ...change })) if (value) search.set(name, value);
  const text = search.toString();
  return text ? `/audit?${text}` : "/audit";
}
