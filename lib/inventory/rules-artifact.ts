import type { ArtifactConfig, ArtifactLayer, Chart } from "#lib/inventory/schema-artifact";
import type { HistoryEntry, ImageConfig } from "#lib/oci/config";

export interface StoredLayer {
  ordinal: number;
  digest: string;
  sizeBytes: number;
  mediaType: string;
  title: string | null;
  sharedTagCount: number;
}

/**
 * Layers with the build step that made each, and the steps that made none where they stood. Where the history does
 * not fit the number of layers, the layers stand alone: a guess would name wrong steps.
 */
export function interleaveHistory(
  layers: readonly StoredLayer[],
  history: readonly HistoryEntry[],
): ArtifactLayer[] {
  const steps = history.filter((entry) => !entry.emptyLayer);
  if (steps.length !== layers.length) return layers.map((layer) => toLayer(layer, null));
  const result: ArtifactLayer[] = [];
  let next = 0;
  for (const entry of history) {
    const layer = entry.emptyLayer ? undefined : layers[next++];
    result.push(layer ? toLayer(layer, entry) : toEmptyStep(entry));
  }
  return result;
}

function toLayer(layer: StoredLayer, entry: HistoryEntry | null): ArtifactLayer {
  return {
    ordinal: layer.ordinal,
    digest: layer.digest,
    sizeBytes: layer.sizeBytes,
    mediaType: layer.mediaType,
    title: layer.title,
    sharedTagCount: layer.sharedTagCount,
    emptyLayer: false,
    ...stepOf(entry),
  };
}

function toEmptyStep(entry: HistoryEntry): ArtifactLayer {
  return {
    ordinal: null,
    digest: null,
    sizeBytes: 0,
    mediaType: null,
    title: null,
    sharedTagCount: 0,
    emptyLayer: true,
    ...stepOf(entry),
  };
}

function stepOf(entry: HistoryEntry | null) {
  return {
    createdBy: entry?.createdBy ?? null,
    createdAt: toIsoTime(entry?.createdAt ?? null),
    comment: entry?.comment ?? null,
  };
}

/** The instant in UTC, or null for what no calendar has. */
export function toIsoTime(text: string | null): string | null {
  if (text === null) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return null;
  const iso = new Date(time).toISOString();
  return /^\d{4}-/.test(iso) ? iso : null;
}

export function toArtifactConfig(config: ImageConfig): ArtifactConfig {
  return {
    entrypoint: config.entrypoint,
    cmd: config.command,
    env: config.env,
    user: config.user,
    ports: config.exposedPorts,
    volumes: config.volumes,
    labels: config.labels,
    workingDir: config.workingDir,
    stopSignal: config.stopSignal,
    author: config.author,
    created: config.createdAt,
  };
}

/** The config of a Helm chart is its Chart.yaml as JSON. Wrong types are left out: it is for reading only. */
export function toChart(body: unknown): Chart {
  const chart = isRecord(body) ? body : {};
  return {
    name: text(chart.name),
    version: text(chart.version),
    appVersion: text(chart.appVersion),
    description: text(chart.description),
    apiVersion: text(chart.apiVersion),
    type: text(chart.type),
    kubeVersion: text(chart.kubeVersion),
    home: text(chart.home),
    deprecated: chart.deprecated === true,
    keywords: list(chart.keywords).flatMap((entry) => text(entry) ?? []),
    sources: list(chart.sources).flatMap((entry) => text(entry) ?? []),
    maintainers: list(chart.maintainers).flatMap((entry) => {
      const name = isRecord(entry) ? text(entry.name) : null;
      return name === null || !isRecord(entry) ? [] : [{ name, email: text(entry.email) }];
    }),
    dependencies: list(chart.dependencies).flatMap((entry) => {
      const name = isRecord(entry) ? text(entry.name) : null;
      return name === null || !isRecord(entry)
        ? []
        : [{ name, version: text(entry.version), repository: text(entry.repository) }];
    }),
  };
}

const longestText = 4_000;
const longestList = 200;

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, longestText) : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, longestList) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface PlatformChoice {
  digest: string;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  present: boolean;
}

/** The child that is asked for by platform or digest; without a wish the first that the registry holds. */
export function choosePlatform<T extends PlatformChoice>(
  children: readonly T[],
  wish: string | undefined,
): T | null {
  if (wish === undefined) return children.find((child) => child.present) ?? children[0] ?? null;
  const [os, architecture, variant] = wish.split("/");
  return (
    children.find((child) => child.digest === wish) ??
    children.find(
      (child) =>
        child.os === os &&
        child.architecture === architecture &&
        (variant === undefined || child.variant === variant),
    ) ??
    null
  );
}
