import { readSettings, type Settings } from "#lib/settings/settings";
import { StartFault } from "./start-fault.ts";

/** The settings of the environment, or every problem with them at once. */
export function loadSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const read = readSettings(environment);
  if (read.ok) return read.settings;
  throw new StartFault(
    read.problems.length === 1
      ? (read.problems[0] ?? "")
      : ["The settings are wrong:", ...read.problems].join("\n  "),
  );
}
