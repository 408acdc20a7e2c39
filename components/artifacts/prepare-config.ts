import type { ArtifactConfig } from "#lib/inventory/schema-artifact";

export interface ConfigSetting {
  label: string;
  value: string | null;
  /** What its absence means. */
  absent: string;
}

export interface PreparedConfig {
  settings: ConfigSetting[];
  env: [string, string][];
  labels: [string, string][];
}

export function prepareConfig(config: ArtifactConfig): PreparedConfig {
  return {
    settings: [
      { label: "Entrypoint", value: argumentsInWords(config.entrypoint), absent: "none" },
      { label: "Command", value: argumentsInWords(config.cmd), absent: "none" },
      { label: "User", value: config.user || null, absent: "root, because the config names none" },
      { label: "Working directory", value: config.workingDir || null, absent: "/" },
      { label: "Ports", value: listInWords(config.ports), absent: "none declared" },
      { label: "Volumes", value: listInWords(config.volumes), absent: "none declared" },
      { label: "Stop signal", value: config.stopSignal || null, absent: "SIGTERM, as nothing else is set" },
      { label: "Author", value: config.author || null, absent: "not named" },
      { label: "Built", value: config.created || null, absent: "not said" },
    ],
    env: config.env.map(splitVariable),
    labels: sortedEntries(config.labels),
  };
}

/** As a Dockerfile writes it, so that spaces inside an argument are to be seen. */
function argumentsInWords(words: readonly string[]): string | null {
  return words.length === 0 ? null : `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}

function listInWords(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.join(", ");
}

function splitVariable(variable: string): [string, string] {
  const at = variable.indexOf("=");
  return at === -1 ? [variable, ""] : [variable.slice(0, at), variable.slice(at + 1)];
}

/** By name, so that two images can be read side by side. */
export function sortedEntries(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
