import type { ComparedLayer, Comparison, ValueChange } from "#lib/compare/schema";
import type { PlatformName } from "#lib/inventory/schema";
import type { ArtifactConfig } from "#lib/inventory/schema-artifact";

/**
 * Layers by digest, each occurrence counted: shared + removed is exactly `from`, shared + added exactly `to`.
 * The same empty layer may stand in an image several times.
 */
export function diffLayers(
  from: readonly ComparedLayer[],
  to: readonly ComparedLayer[],
): Comparison["layers"] {
  const left = countByDigest(from);
  const shared: ComparedLayer[] = [];
  const added: ComparedLayer[] = [];
  for (const layer of to) {
    const count = left.get(layer.digest) ?? 0;
    if (count > 0) {
      left.set(layer.digest, count - 1);
      shared.push(layer);
    } else added.push(layer);
  }
  const taken = countByDigest(shared);
  const removed = from.filter((layer) => {
    const count = taken.get(layer.digest) ?? 0;
    taken.set(layer.digest, count - 1);
    return count <= 0;
  });
  return { shared: sum(shared), added: sum(added), removed: sum(removed) };
}

function countByDigest(layers: readonly ComparedLayer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { digest } of layers) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  return counts;
}

function sum(items: ComparedLayer[]): { items: ComparedLayer[]; sizeBytes: number } {
  return { items, sizeBytes: items.reduce((total, layer) => total + layer.sizeBytes, 0) };
}

/** Named values of both sides; equal ones are left out. In the order of the names. */
export function diffValues(
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): ValueChange[] {
  const names = [...new Set([...from.keys(), ...to.keys()])].sort();
  return names.flatMap((name): ValueChange[] => {
    const before = from.get(name);
    const after = to.get(name);
    if (before === after) return [];
    const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
    return [{ name, from: before ?? null, to: after ?? null, change }];
  });
}

export interface ComparedConfig {
  config: ArtifactConfig | null;
  annotations: Record<string, string>;
}

export function diffConfigs(from: ComparedConfig, to: ComparedConfig): Comparison["config"] {
  return {
    env: diffValues(envOf(from.config), envOf(to.config)),
    labels: diffValues(mapOf(from.config?.labels), mapOf(to.config?.labels)),
    annotations: diffValues(mapOf(from.annotations), mapOf(to.annotations)),
    ports: diffValues(portsOf(from.config), portsOf(to.config)),
    settings: diffValues(settingsOf(from.config), settingsOf(to.config)),
  };
}

function mapOf(values: Record<string, string> | undefined): Map<string, string> {
  return new Map(Object.entries(values ?? {}));
}

function envOf(config: ArtifactConfig | null): Map<string, string> {
  return new Map(
    (config?.env ?? []).map((line) => {
      const at = line.indexOf("=");
      return at === -1 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

function portsOf(config: ArtifactConfig | null): Map<string, string> {
  return new Map((config?.ports ?? []).map((port) => [port, port]));
}

function settingsOf(config: ArtifactConfig | null): Map<string, string> {
  const settings = new Map<string, string>();
  if (!config) return settings;
  if (config.entrypoint.length > 0) settings.set("entrypoint", JSON.stringify(config.entrypoint));
  if (config.cmd.length > 0) settings.set("cmd", JSON.stringify(config.cmd));
  if (config.user !== null) settings.set("user", config.user);
  if (config.workingDir !== null) settings.set("workingDir", config.workingDir);
  if (config.stopSignal !== null) settings.set("stopSignal", config.stopSignal);
  return settings;
}

export function formatPlatformName(platform: PlatformName): string {
  const base = `${platform.os}/${platform.architecture}`;
  return platform.variant === null ? base : `${base}/${platform.variant}`;
}

export function diffPlatforms(
  from: readonly PlatformName[],
  to: readonly PlatformName[],
): Comparison["platforms"] {
  const before = new Set(from.map(formatPlatformName));
  const after = new Set(to.map(formatPlatformName));
  return {
    shared: to.filter((platform) => before.has(formatPlatformName(platform))),
    added: to.filter((platform) => !before.has(formatPlatformName(platform))),
    removed: from.filter((platform) => !after.has(formatPlatformName(platform))),
  };
}

/** The platform to compare: the wished one, else the first of `from` that `to` has too. */
export function chooseCommonPlatform(
  from: readonly PlatformName[],
  to: readonly PlatformName[],
  wish: string | undefined,
): string | null {
  if (wish !== undefined) return wish;
  const after = new Set(to.map(formatPlatformName));
  const common = from.map(formatPlatformName).find((name) => after.has(name));
  return common ?? null;
}
