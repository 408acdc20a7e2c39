import { parseOtlp } from "#lib/events/logs/parse-otlp";
import { splitJsonValues } from "#lib/events/logs/split-json-values";
import { type LogRecord, unwrapRecord } from "#lib/events/logs/unwrap-record";
import { isObject } from "#lib/events/signal-fields";

export interface LogBody {
  records: LogRecord[];
  unreadable: number;
}

const longestLineBytes = 256 * 1024;
/** More than fit into a body of 4 MiB, unless they are no lines of a log. */
const maxRecords = 60_000;
const binary = /protobuf|msgpack|avro/i;
const json = /^(?:\{\s*["}]|\[\s*["{[\]])/;

/** Takes a body of a shipper apart: OTLP, a JSON array, objects one after the other, or lines of text. */
export function readLogBody(body: string | Uint8Array, contentType: string | null): LogBody {
  const result: LogBody = { records: [], unreadable: 0 };
  if (contentType !== null && binary.test(contentType)) return { ...result, unreadable: 1 };
  const text = (typeof body === "string" ? body : new TextDecoder().decode(body))
    .replace(/^\ufeff/, "")
    .trim();
  const whole = json.test(text) ? tryParse(text) : undefined;
  if (whole !== undefined) addValue(result, whole, text);
  else for (const line of text.split("\n")) addLine(result, line.trim());
  return result;
}

function addLine(result: LogBody, text: string): void {
  if (text === "") return;
  const value = json.test(text) ? tryParse(text) : undefined;
  if (value !== undefined) addValue(result, value, text);
  else if (json.test(text)) addParts(result, text);
  else addRecord(result, bare(text));
}

function addParts(result: LogBody, text: string): void {
  const { parts, rest } = splitJsonValues(text);
  for (const part of parts) addValue(result, isFull(result) ? null : tryParse(part), part);
  if (rest) result.unreadable += 1;
}

/** Adds what a text was parsed to. An array or OTLP is a whole batch, each line of which may be as long as a line may be. */
function addValue(result: LogBody, value: unknown, text: string): void {
  const records = parseOtlp(value);
  if (records !== null) for (const record of records) addRecord(result, unwrapRecord(record));
  else if (Array.isArray(value)) for (const item of value) addItem(result, item);
  else if (isTooLong(text)) result.unreadable += 1;
  else addItem(result, value);
}

function addItem(result: LogBody, item: unknown): void {
  if (typeof item === "string") addRecord(result, bare(item));
  else if (isObject(item)) addRecord(result, unwrapRecord(item));
  else result.unreadable += 1;
}

function isFull(result: LogBody): boolean {
  return result.records.length + result.unreadable >= maxRecords;
}

function bare(line: string): LogRecord {
  return { line, identity: null, time: null, mayBeOwn: false };
}

function addRecord(result: LogBody, record: LogRecord): void {
  const { line } = record;
  if (line === null || isFull(result) || (typeof line === "string" && isTooLong(line))) {
    result.unreadable += 1;
  } else result.records.push(record);
}

function isTooLong(text: string): boolean {
  if (text.length * 3 <= longestLineBytes) return false;
  return text.length > longestLineBytes || Buffer.byteLength(text) > longestLineBytes;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
