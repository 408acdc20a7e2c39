export interface KubernetesSettings {
  /** `in-cluster`, or the path of a kubeconfig. */
  config: string;
  /** Of the kubeconfig; null for its current one. */
  context: string | null;
  /** Slug of the registry that the images are of. */
  registry: string;
  /** What the cluster is called in the console. */
  cluster: string;
}

const main = "WHARFINGER_KUBERNETES";
export const inCluster = "in-cluster";

/** Which cluster the worker watches: none, or one with a registry and a name. Whether it can be reached shows later. */
export function readKubernetesSettings(environment: Record<string, string | undefined>): {
  settings: KubernetesSettings | null;
  problems: string[];
} {
  const read = (name: string) => environment[name]?.trim() ?? "";
  const config = read(main);
  const context = read(`${main}_CONTEXT`);
  const registry = read(`${main}_REGISTRY`);
  const cluster = read(`${main}_CLUSTER`);
  if ([config, context, registry, cluster].every((value) => value === ""))
    return { settings: null, problems: [] };
  const problems: string[] = [];
  if (config === "") problems.push(`${main} must be in-cluster or the path of a kubeconfig.`);
  if (config === inCluster && !environment.KUBERNETES_SERVICE_HOST)
    problems.push(`${main} must be the path of a kubeconfig here: this process runs in no cluster.`);
  if (config === inCluster && context !== "")
    problems.push(`${main}_CONTEXT must be unset with in-cluster, which has no contexts.`);
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(registry))
    problems.push(`${main}_REGISTRY must be the short name of the registry that the images are of.`);
  if (!/^[^\p{Cc}]{1,80}$/u.test(cluster))
    problems.push(`${main}_CLUSTER must be a name for the cluster, of at most 80 characters.`);
  return problems.length > 0
    ? { settings: null, problems }
    : { settings: { config, context: context === "" ? null : context, registry, cluster }, problems };
}
