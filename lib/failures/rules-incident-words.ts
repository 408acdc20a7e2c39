import type { FailureCause } from "#lib/failures/schema";

/** What a title is made of: a folded incident and the repository that it is in. */
export interface WordedIncident {
  repository: string;
  reference: string | null;
  cause: FailureCause;
  subject: { kind: "workload" | "principal" | "client"; name: string };
  principal: string | null;
  namespace: string | null;
  workload: string | null;
  addresses: readonly string[];
  agents: readonly string[];
  nodes: readonly string[];
}

const shownDigestCharacters = 19;

/** What happened, as a person would say it. */
export function describeIncident(incident: WordedIncident): string {
  const said = sentences[incident.cause]({
    who: nameWho(incident),
    image: nameImage(incident),
    incident,
  });
  return said.startsWith("a client") ? `A${said.slice(1)}` : said;
}

interface Said {
  who: string;
  image: string;
  incident: WordedIncident;
}

const sentences: Record<FailureCause, (said: Said) => string> = {
  "not-signed-in": ({ who, image, incident }) =>
    incident.subject.kind === "workload"
      ? `${who} does not sign in to pull ${image}`
      : `Nobody signed in to pull ${image}`,
  "wrong-credentials": ({ who, image }) => `${who} pulls ${image} with a wrong name or secret`,
  "credentials-expired": ({ who, image }) => `${who} pulls ${image} with a secret that has expired`,
  unauthorized: ({ who, image }) => `The registry does not let ${who} in to pull ${image}`,
  "no-grant": ({ who, incident }) => {
    const { principal, subject, repository } = incident;
    if (principal === null) return `${who} has no grant to pull ${repository}`;
    const holder = `${principal} has no grant to pull ${repository}`;
    return subject.kind === "workload" ? `${holder} for ${who}` : holder;
  },
  "denied-or-missing": ({ who, image }) => `${image} is missing, or ${who} may not pull it`,
  "not-found": ({ who, image }) => `${who} pulls ${image}, which the registry does not have`,
  "tag-never-existed": ({ who, image }) => `${who} pulls ${image}, a tag that never existed`,
  "tag-deleted": ({ who, image }) => `${image} was deleted while ${who} still pulls it`,
  "content-missing": ({ who, image }) => `A part of ${image} is gone, so ${who} cannot pull it`,
  "no-platform": ({ who, image }) => `${image} does not exist for the platform of ${who}`,
  "blocked-by-policy": ({ who, image }) => `A policy does not let ${who} pull ${image}`,
  "address-not-allowed": ({ who, image, incident }) =>
    `The registry's firewall does not let ${who} pull ${image}${incident.addresses.length === 1 && incident.subject.kind !== "client" ? ` from ${incident.addresses[0]}` : ""}`,
  throttled: ({ who, image }) => `${who} pulls ${image} more often than the registry allows`,
  "registry-error": ({ who, image }) => `The registry failed when ${who} pulled ${image}`,
  "name-not-resolved": ({ who, image }) => `${who} does not find the registry of ${image} in DNS`,
  "cannot-connect": ({ who, image }) => `${who} cannot reach the registry to pull ${image}`,
  timeout: ({ who, image }) => `The registry did not answer in time when ${who} pulled ${image}`,
  "tls-not-trusted": ({ who, image }) => `${who} does not trust the registry's certificate to pull ${image}`,
  "http-not-https": ({ who, image }) => `One side speaks HTTP, the other HTTPS when ${who} pulls ${image}`,
  proxy: ({ who, image }) => `The proxy between ${who} and the registry does not let ${image} through`,
  "digest-mismatch": ({ who, image }) => `What ${who} received of ${image} is not what was pushed`,
  "malformed-reference": ({ who, image }) => `${who} pulls ${image}, which is no valid image reference`,
  "node-disk-full": ({ who, image, incident }) => {
    const [node, ...others] = incident.nodes;
    const place =
      node === undefined ? "The node" : others.length === 0 ? node : `${incident.nodes.length} nodes`;
    return `${place} ${others.length === 0 ? "has" : "have"} no room left for ${image}, which ${who} needs`;
  },
  "no-cause-in-text": ({ who, image }) => `${who} cannot pull ${image}, and nobody has said why`,
  unknown: ({ who, image }) => `${who} cannot pull ${image}, for a reason that we do not know`,
};

function nameImage({ repository, reference }: WordedIncident): string {
  if (reference === null) return repository;
  return reference.includes(":")
    ? `${repository}@${reference.slice(0, shownDigestCharacters)}`
    : `${repository}:${reference}`;
}

function nameWho({ subject, namespace, workload, addresses, agents }: WordedIncident): string {
  if (subject.kind === "principal") return subject.name;
  if (subject.kind === "workload") {
    const name = workload ?? subject.name;
    return workload === null || namespace === null ? name : `${name} in ${namespace}`;
  }
  const program = /^[^\s/(]+/.exec(agents[0] ?? "")?.[0] ?? "a client";
  return addresses[0] === undefined ? program : `${program} at ${addresses[0]}`;
}
