/** The letters of names that Kubernetes makes up: no vowels, so that no words come out. */
const made = "[bcdfghjklmnpqrstvwxz2456789]";
const cronJobPod = /^(.+)-(?:2[5-9]\d{6}|3\d{7}|1[5-9]\d{8})-[a-z0-9]{5}$/;
const cronJob = /^(.+)-(?:2[5-9]\d{6}|3\d{7}|1[5-9]\d{8})$/;
const deploymentPods: readonly RegExp[] = [
  new RegExp(`^(.+)-${made}{6,10}-${made}{5}$`),
  // Numbers and hexadecimal digits: how older controllers, and those that are not Kubernetes' own, write the hash.
  /^(.+)-(?=[a-f]*\d)[0-9a-f]{8,10}-[a-z0-9]{5}$/,
];
const madePod = new RegExp(`^(.+)-${made}{5}$`);
const numberedPod = /^(.+)-\d{1,4}$/;
const longestPodName = 63;

export interface PodOwner {
  kind: string;
  name: string;
}

export interface KnownPod {
  name: string;
  /** What controls it, where the sender says so. */
  owner: PodOwner | null;
  labels: ReadonlyMap<string, string>;
}

/**
 * The workload that a pod belongs to, so that forty pods of one Deployment are one. The owner decides, then the labels
 * that controllers set, then the form of the name:
 *
 * - `api-7d9c8b6f5d-x2x4z` is `Deployment/api`
 * - `nightly-28391234-x2x4z` is `CronJob/nightly`
 * - `db-0` is `StatefulSet/db`
 * - `agent-x2x4z` may be of a DaemonSet, a Job or a bare ReplicaSet: `Workload/agent`
 * - anything else is `Pod/…`
 */
export function evaluateWorkload(pod: KnownPod): string {
  return fromOwner(pod.owner) ?? fromLabels(pod) ?? fromName(pod.name);
}

function fromOwner(owner: PodOwner | null): string | null {
  if (owner === null) return null;
  if (owner.kind === "ReplicaSet") {
    const name = /^(.+)-[a-z0-9]{5,10}$/.exec(owner.name)?.[1];
    return name === undefined ? `ReplicaSet/${owner.name}` : `Deployment/${name}`;
  }
  // A static pod is owned by its node.
  if (owner.kind === "Node") return null;
  return owner.kind === "Job" ? jobOrCronJob(owner.name) : `${owner.kind}/${owner.name}`;
}

function fromLabels({ name, labels }: KnownPod): string | null {
  const hash = labels.get("pod-template-hash");
  if (hash) {
    const end = name.lastIndexOf(`-${hash}-`);
    if (end > 0) return `Deployment/${name.slice(0, end)}`;
  }
  const job = labels.get("batch.kubernetes.io/job-name") ?? labels.get("job-name");
  if (job) return jobOrCronJob(job);
  const revision = labels.has("controller-revision-hash");
  const numbered = numberedPod.exec(name)?.[1];
  if (numbered && (revision || labels.has("statefulset.kubernetes.io/pod-name")))
    return `StatefulSet/${numbered}`;
  const base = madePod.exec(name)?.[1];
  return revision && base ? `DaemonSet/${base}` : null;
}

function fromName(name: string): string {
  const scheduled = cronJobPod.exec(name)?.[1];
  if (scheduled) return `CronJob/${scheduled}`;
  for (const form of deploymentPods) {
    const deployed = form.exec(name)?.[1];
    if (deployed) return `Deployment/${deployed}`;
  }
  const numbered = numberedPod.exec(name)?.[1];
  if (numbered) return `StatefulSet/${numbered}`;
  const base = madePod.exec(name)?.[1] ?? cutBase(name);
  return base ? `Workload/${base}` : `Pod/${name}`;
}

/** A name that would be too long is cut before its last five letters, somewhere within the hash. */
function cutBase(name: string): string | null {
  if (name.length !== longestPodName) return null;
  const cut = new RegExp(`^(.+)-${made}{1,10}-?${made}{5}$`).exec(name)?.[1];
  return cut ?? null;
}

function jobOrCronJob(name: string): string {
  const scheduled = cronJob.exec(name)?.[1];
  return scheduled ? `CronJob/${scheduled}` : `Job/${name}`;
}
