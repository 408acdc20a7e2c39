/** What of the audit is shown; all of it stands in the address. */
export interface AuditView {
  /** Changes or events alone; empty for both. */
  of: string;
  q: string;
  actor: string;
  action: string;
  registry: string;
  outcome: string;
  address: string;
  agent: string;
  requestId: string;
  from: string;
  to: string;
}

const kinds = new Set(["changes", "events"]);

export function parseAuditView(search: URLSearchParams): AuditView {
  const read = (name: keyof AuditView) => search.get(name)?.slice(0, 255) ?? "";
  return {
    of: kinds.has(read("of")) ? read("of") : "",
    q: read("q"),
    actor: read("actor"),
    action: read("action"),
    registry: read("registry"),
    outcome: read("outcome"),
    address: read("address"),
    agent: read("agent"),
    requestId: read("requestId"),
    from: read("from"),
    to: read("to"),
  };
}

/** Days of the address become the UTC times that the API takes; `to` is a day that still counts. */
export function toAuditQuery(view: AuditView) {
  return {
    of: view.of || "all",
    q: view.q || undefined,
    actor: view.actor || undefined,
    action: view.action || undefined,
    registry: view.registry || undefined,
    outcome: view.outcome || undefined,
    address: view.address || undefined,
    agent: view.agent || undefined,
    requestId: view.requestId || undefined,
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

/** Everything, newest first. */
export const wholeAudit: AuditView = parseAuditView(new URLSearchParams());

export function auditHref(view: AuditView, change: Partial<AuditView>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...view, ...change })) if (value) search.set(name, value);
  const text = search.toString();
  return text ? `/audit?${text}` : "/audit";
}
