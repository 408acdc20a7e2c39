import type { ManifestKind } from "#lib/inventory/schema";

export interface PullCommand {
  tool: "docker" | "podman" | "skopeo" | "crane" | "kubectl" | "helm" | "oras";
  command: string;
}

export interface PullCommands {
  /** By tag: moves with the tag. Empty when the page is of a digest without a tag. */
  byTag: PullCommand[];
  /** By digest: always the same bytes. */
  byDigest: PullCommand[];
  /** Why a common tool is missing, in a sentence. */
  note: string | null;
}

export interface PullSubject {
  kind: ManifestKind;
  /** Host and port as they stand in a pull command. */
  host: string;
  repository: string;
  tag: string | null;
  digest: string;
}

/** The commands that fetch an artifact, by tag and by digest; only tools that can really take this kind. */
export function preparePullCommands(subject: PullSubject): PullCommands {
  const name = `${subject.host}/${subject.repository}`;
  const byTag = subject.tag === null ? [] : commandsFor(subject, name, `:${subject.tag}`);
  return { byTag, byDigest: commandsFor(subject, name, `@${subject.digest}`), note: noteFor(subject.kind) };
}

function commandsFor(subject: PullSubject, name: string, suffix: string): PullCommand[] {
  const reference = quote(`${name}${suffix}`);
  const folder = quote(subject.repository.split("/").at(-1) ?? "artifact");
  if (subject.kind === "helm-chart") {
    return [
      { tool: "helm", command: helmCommand(subject, name, suffix) },
      { tool: "oras", command: `oras pull ${reference}` },
      { tool: "skopeo", command: `skopeo copy ${quote(`docker://${name}${suffix}`)} oci:${folder}` },
      { tool: "crane", command: `crane manifest ${reference}` },
    ];
  }
  if (subject.kind === "image" || subject.kind === "index") {
    return [
      { tool: "docker", command: `docker pull ${reference}` },
      { tool: "podman", command: `podman pull ${reference}` },
      { tool: "skopeo", command: `skopeo copy ${quote(`docker://${name}${suffix}`)} oci:${folder}` },
      { tool: "crane", command: `crane pull ${reference} ${folder}.tar` },
      { tool: "kubectl", command: `kubectl run ${podName(subject.repository)} --image=${reference}` },
    ];
  }
  return [
    { tool: "oras", command: `oras pull ${reference}` },
    { tool: "skopeo", command: `skopeo copy ${quote(`docker://${name}${suffix}`)} oci:${folder}` },
    { tool: "crane", command: `crane manifest ${reference}` },
  ];
}

function helmCommand(subject: PullSubject, name: string, suffix: string): string {
  // Helm writes + of a version as _ in the tag, and wants the + back.
  if (suffix.startsWith(":") && subject.tag !== null)
    return `helm pull ${quote(`oci://${name}`)} --version ${quote(subject.tag.replaceAll("_", "+"))}`;
  return `helm pull ${quote(`oci://${name}${suffix}`)}`;
}

function noteFor(kind: ManifestKind): string | null {
  if (kind === "helm-chart") return "This is a Helm chart: docker and podman cannot pull it.";
  if (kind === "image" || kind === "index") return null;
  return "This is no container image: docker, podman and kubectl cannot pull it.";
}

/** A name that Kubernetes takes for a pod: lower-case letters, digits and dashes, at most 50 of them. */
function podName(repository: string): string {
  const last = repository.split("/").at(-1) ?? "";
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 50)
    .replace(/-+$/, "");
  return name === "" ? "artifact" : name;
}

/** References of the grammar need no quotes; anything else must not become a command of its own when pasted. */
function quote(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
