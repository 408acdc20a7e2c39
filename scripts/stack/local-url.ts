import type { Settings } from "#lib/settings/settings";

/** Where this machine reaches the console, whatever its public address is. */
export function localUrl(settings: Settings): string {
  const { bind, port } = settings;
  if (bind === "0.0.0.0" || bind === "::") return `http://localhost:${port}`;
  return `http://${bind.includes(":") ? `[${bind}]` : bind}:${port}`;
}
