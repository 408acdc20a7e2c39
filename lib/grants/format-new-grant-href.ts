export const newGrantPath = "/access/grants/new";

export interface NewGrant {
  /** `robot:ci`, `user:alice`, `everyone`. */
  principal?: string;
  /** Of the principal, while it has no name yet. */
  kind?: string;
  registry?: string;
  pattern?: string;
  actions?: readonly string[];
  until?: string;
  reason?: string;
}

/** The address of the grant's editor with what is known written down already. */
export function formatNewGrantHref(grant: NewGrant): string {
  const { principal, kind, registry, pattern, actions, until, reason } = grant;
  const search = new URLSearchParams();
  const fields = {
    principal,
    kind: principal ? undefined : kind,
    registry,
    pattern,
    actions: actions?.join(","),
    until,
    reason,
  };
  for (const [name, value] of Object.entries(fields)) if (value) search.set(name, value);
  return search.size > 0 ? `${newGrantPath}?${search}` : newGrantPath;
}
