import { existsSync } from "node:fs";
import { inCluster, readKubernetesSettings } from "#lib/settings/kubernetes-settings";
import { readSettings, type Settings } from "#lib/settings/settings";
import { StartFault } from "./start-fault.ts";

/** The settings of the environment, or every problem with them at once. */
export function loadSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const read = readSettings(environment);
  const config = readKubernetesSettings(environment).settings?.config ?? inCluster;
  const isFileThere = config === inCluster || existsSync(config);
  if (read.ok && isFileThere) return read.settings;
  const problems = [
    ...(read.ok ? [] : read.problems),
    ...(isFileThere
      ? []
      : [`WHARFINGER_KUBERNETES must be the path of a kubeconfig; there is no file ${config}.`]),
  ];
  throw new StartFault(
    problems.length === 1 ? (problems[0] ?? "") : ["The settings are wrong:", ...problems].join("\n  "),
  );
}
