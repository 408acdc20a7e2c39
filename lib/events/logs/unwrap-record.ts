import { isDistributionRequest } from "#lib/events/logs/parse-distribution-line";
import { isZotRequest } from "#lib/events/logs/parse-zot-line";
import { readField, readTextField } from "#lib/events/logs/read-field";
import { isObject, type Json } from "#lib/events/signal-fields";

/** A line of a registry as it came, and what its shipper knows of it. */
export interface LogRecord {
  /** The line as text, or already taken apart, or null where there was none. */
  line: string | Json | null;
  /** What makes it another line than an equal one: the place in its file, or the moment at which it was written. */
  identity: string | null;
  /** When it was written or read, by the shipper. */
  time: string | null;
  /** Whether what we took for a wrapper may be a line of the registry about something else than a request. */
  mayBeOwn: boolean;
}

const lineFields = [
  "log_processed",
  "log",
  "message",
  "msg",
  "MESSAGE",
  "body",
  "line",
  "text",
  "event",
  "data",
  "record",
  "textPayload",
  "jsonPayload",
  "@message",
  "_raw",
];
const offsetFields = [
  "offset",
  "log.offset",
  "log.file.record_offset",
  "log.file.record_number",
  "file_offset",
];
const fileFields = [
  "file",
  "path",
  "filename",
  "filepath",
  "log.file.path",
  "log.file.path_resolved",
  "log.file.name",
];
const hostFields = ["host", "hostname", "host.name", "k8s.pod.uid", "container_id", "container.id"];
const timeFields = ["time", "timestamp", "@timestamp", "date", "observed_timestamp"];

/** Finds the line in an object of a shipper; an object that is the line itself is given back. */
export function unwrapRecord(fields: Json): LogRecord {
  const time = readWrittenTime(fields);
  const mayBeOwn = readTextField(fields, "level") !== null;
  return { line: findLine(fields), identity: readIdentity(fields, time), time, mayBeOwn };
}

function findLine(fields: Json, depth = 0): string | Json | null {
  if (isDistributionRequest(fields) || isZotRequest(fields)) return fields;
  for (const name of lineFields) {
    const value = readField(fields, name);
    if (typeof value === "string") return value;
    // The same name is also given to what is known about the line, in which there is none.
    const inner = isObject(value) && depth < 2 ? findLine(value, depth + 1) : null;
    if (inner !== null) return inner;
  }
  return null;
}

function readIdentity(fields: Json, time: string | null): string | null {
  const own = readTextField(fields, "log.record.uid") ?? readTextField(fields, "__CURSOR");
  if (own !== null) return own;
  const offset = firstOf(fields, offsetFields);
  if (offset !== null) {
    return JSON.stringify([firstOf(fields, hostFields), firstOf(fields, fileFields), offset]);
  }
  // Container runtimes write the moment of each line to the nanosecond, and it stays with the line.
  const stream = readTextField(fields, "stream") ?? readTextField(fields, "log.iostream");
  const precise = time !== null && /[.,]\d{6}/.test(time);
  return stream !== null && precise ? JSON.stringify([stream, time]) : null;
}

function firstOf(fields: Json, names: readonly string[]): string | number | null {
  for (const name of names) {
    const value = readField(fields, name);
    if ((typeof value === "string" && value !== "") || typeof value === "number") return value;
  }
  return null;
}

function readWrittenTime(fields: Json): string | null {
  const value = firstOf(fields, timeFields);
  if (typeof value !== "number") return value;
  // Seconds or milliseconds since 1970.
  const time = value < 1e11 ? value * 1000 : value;
  return time > 0 && time < 8e15 ? new Date(time).toISOString() : null;
}
