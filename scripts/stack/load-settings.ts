import { existsSync } from "node:fs";
import { inCluster } from "#lib/settings/kubernetes-settings";
import { readSettings, type Settings } from "#lib/settings/settings";
import { StartFault } from "./start-fault.ts";

/** The settings of the environment, or every problem with them at once. */
export function loadSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const read = readSettings(environment);
  if (read.ok) {
    const config = read.settings.kubernetes?.config ?? inCluster;
    if (config === inCluster || existsSync(config)) return read.settings;
    throw new StartFault(
      `WHARFINGER_KUBERNETES must be the path of a kubeconfig; there is no file ${config}.`,
    );
  }
  throw new StartFault(
    read.problems.length === 1
      ? (read.problems[0] ?? "")
      : ["The settings are wrong:", ...read.problems].join("\n  "),
  );
}
