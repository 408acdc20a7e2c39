import { isDigest } from "#lib/oci/digest";
import type { JsonObject } from "#lib/oci/json";
import {
  isJsonObject,
  listField,
  objectField,
  parseJsonObject,
  textField,
  textListField,
  textMapField,
  wrongField,
} from "#lib/oci/json-fields";
import type { Platform } from "#lib/oci/platform";

export type HistoryEntry = {
  /** RFC 3339 as written, or null if absent or not a date. */
  createdAt: string | null;
  createdBy: string | null;
  author: string | null;
  comment: string | null;
  /** True when this step made no layer. */
  emptyLayer: boolean;
};

export type ImageConfig = {
  platform: Platform;
  createdAt: string | null;
  author: string | null;
  entrypoint: string[];
  command: string[];
  env: string[];
  user: string | null;
  workingDir: string | null;
  stopSignal: string | null;
  exposedPorts: string[];
  volumes: string[];
  labels: Record<string, string>;
  history: HistoryEntry[];
  diffIds: string[];
};

export const maxConfigBytes = 8 * 1024 * 1024;
const what = "The image config";
const maxEntries = 20_000;

/** Reads the config blob of an image (OCI or Docker: they have the same shape). */
export function parseImageConfig(body: Uint8Array): ImageConfig {
  return readImageConfig(parseJsonObject(body, what, { maxBytes: maxConfigBytes }));
}

/** The same for a config that was parsed already. */
export function readImageConfig(json: JsonObject): ImageConfig {
  const run = objectField(json, "config", what) ?? {};
  const rootfs = objectField(json, "rootfs", what) ?? {};
  const diffIds = textListField(rootfs, "diff_ids", what, maxEntries, "rootfs.diff_ids");
  for (const [index, diffId] of diffIds.entries()) {
    if (!isDigest(diffId)) throw wrongField(what, `rootfs.diff_ids[${index}]`, "a digest");
  }
  return {
    ...readImageOrigin(json),
    author: textField(json, "author", what) || null,
    entrypoint: wordsField(run, "Entrypoint"),
    command: wordsField(run, "Cmd"),
    env: textListField(run, "Env", what, maxEntries, "config.Env"),
    user: textField(run, "User", what, "config.User") || null,
    workingDir: textField(run, "WorkingDir", what, "config.WorkingDir") || null,
    stopSignal: textField(run, "StopSignal", what, "config.StopSignal") || null,
    exposedPorts: keysField(run, "ExposedPorts"),
    volumes: keysField(run, "Volumes"),
    labels: textMapField(run, "Labels", what, "config.Labels"),
    history: listField(json, "history", what, maxEntries).map((entry, index) => {
      if (!isJsonObject(entry)) throw wrongField(what, `history[${index}]`, "an object");
      return parseHistory(entry, `history[${index}]`);
    }),
    diffIds,
  };
}

/** What lists show of an image, without a look at the rest of its config. */
export function readImageOrigin(json: JsonObject): Pick<ImageConfig, "platform" | "createdAt"> {
  return {
    platform: {
      os: textField(json, "os", what) ?? "",
      architecture: textField(json, "architecture", what) ?? "",
      variant: textField(json, "variant", what) || null,
      osVersion: textField(json, "os.version", what) || null,
    },
    createdAt: dateField(json, "created"),
  };
}

function parseHistory(entry: JsonObject, field: string): HistoryEntry {
  return {
    createdAt: dateField(entry, "created"),
    createdBy: textField(entry, "created_by", what, `${field}.created_by`) || null,
    author: textField(entry, "author", what, `${field}.author`) || null,
    comment: textField(entry, "comment", what, `${field}.comment`) || null,
    emptyLayer: entry.empty_layer === true,
  };
}

const datePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** An unreadable date is no reason to refuse an image: builders write odd ones. */
function dateField(json: JsonObject, key: string): string | null {
  const value = json[key];
  if (typeof value !== "string" || value.length > 64 || !datePattern.test(value)) return null;
  return Number.isNaN(Date.parse(value)) ? null : value;
}

/** Very old images wrote a command as one text. */
function wordsField(run: JsonObject, key: string): string[] {
  const value = run[key];
  if (typeof value === "string") return [value.replaceAll("\0", "\ufffd")];
  return textListField(run, key, what, maxEntries, `config.${key}`);
}

function keysField(run: JsonObject, key: string): string[] {
  const value = run[key];
  if (Array.isArray(value)) return textListField(run, key, what, maxEntries, `config.${key}`);
  return Object.keys(objectField(run, key, what, `config.${key}`) ?? {}).map((name) =>
    name.replaceAll("\0", "\ufffd"),
  );
}
