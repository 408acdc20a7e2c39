import type { Incident } from "#lib/failures/schema-incidents";

type Placed = Pick<
  Incident,
  "cluster" | "namespace" | "workload" | "subject" | "principal" | "addresses" | "agents"
>;

/** Where it happens, as far as anybody told: cluster / namespace / workload, or who with which client from where. */
export function prepareWhere(incident: Placed): string {
  const place = [incident.cluster, incident.namespace, incident.workload].filter(Boolean);
  if (place.length > 0) return place.join(" / ");
  const program = /^[^\s/(]+/.exec(incident.agents[0] ?? "")?.[0] ?? null;
  const [address, ...others] = incident.addresses;
  const from =
    address === undefined ? null : others.length === 0 ? address : `${incident.addresses.length} addresses`;
  const known = [incident.principal, program, from].filter(Boolean);
  return known.length > 0 ? known.join(" · ") : incident.subject.name;
}
