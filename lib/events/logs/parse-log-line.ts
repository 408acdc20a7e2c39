import type { LineParse } from "#lib/events/logs/logged-request";
import { parseCombinedLine } from "#lib/events/logs/parse-combined-line";
import { isDistributionRequest, parseDistributionLine } from "#lib/events/logs/parse-distribution-line";
import { isZotRequest, parseZotLine } from "#lib/events/logs/parse-zot-line";
import { readLogfmt } from "#lib/events/logs/read-logfmt";
import { type LogRecord, unwrapRecord } from "#lib/events/logs/unwrap-record";
import { isObject, type Json } from "#lib/events/signal-fields";

/** A line as container runtimes keep it on a Kubernetes node: time, stream, whole or part, and the line. */
const containerLine = /^(\d{4}-\d\d-\d\dT\S{8,30}) (stdout|stderr) [FP] (.*)$/s;
/** What `docker compose logs` and syslog put in front of a line. */
const prefixed = /^[^"{]{1,200}?(\{.*\})$/s;
const deepest = 4;

export interface ParsedLine {
  request: LineParse;
  identity: string | null;
  time: string | null;
}

/** Reads a line of any registry that we know, however often it was wrapped on its way. */
export function parseLogLine(record: LogRecord, depth = 0): ParsedLine {
  const known = { identity: record.identity, time: record.time };
  if (record.line === null || depth > deepest) return { request: null, ...known };
  if (typeof record.line !== "string") return { request: parseFields(record.line), ...known };
  const text = record.line.trim();
  if (text === "") return { request: "ignored", ...known };
  const kept = containerLine.exec(text);
  if (kept !== null) {
    const [, time = "", stream = "", line = ""] = kept;
    const inner = { line, identity: JSON.stringify([stream, time]), time, mayBeOwn: record.mayBeOwn };
    return parseLogLine(fillIn(record, inner), depth + 1);
  }
  const fields = readObject(text) ?? readObject(prefixed.exec(text)?.[1] ?? "");
  if (fields !== null) return parseLogLine(fillIn(record, unwrapRecord(fields)), depth + 1);
  const pairs = readLogfmt(text);
  const request = pairs === null ? parseCombinedLine(text) : parseFields(pairs);
  return { request: request ?? (record.mayBeOwn ? "ignored" : null), ...known };
}

/** The outer wrapper knows the file; the inner one is nearer to the moment at which the line was written. */
function fillIn(outer: LogRecord, inner: LogRecord): LogRecord {
  return { ...inner, identity: outer.identity ?? inner.identity, time: inner.time ?? outer.time };
}

function parseFields(fields: Json): LineParse {
  if (isDistributionRequest(fields)) return parseDistributionLine(fields);
  return isZotRequest(fields) ? parseZotLine(fields) : "ignored";
}

function readObject(text: string): Json | null {
  if (!text.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
