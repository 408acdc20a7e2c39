import { isObject, type Json } from "#lib/events/signal-fields";

const deepest = 12;

/** The records of an OTLP/HTTP JSON body as plain objects, or null where it is no such body. */
export function parseOtlp(json: unknown): Json[] | null {
  if (!isObject(json) || !Array.isArray(json.resourceLogs)) return null;
  const records: Json[] = [];
  for (const resourceLogs of listObjects(json.resourceLogs)) {
    const resource = isObject(resourceLogs.resource) ? readPairs(resourceLogs.resource.attributes) : {};
    for (const scope of listObjects(resourceLogs.scopeLogs ?? resourceLogs.instrumentationLibraryLogs)) {
      for (const record of listObjects(scope.logRecords)) records.push(readRecord(record, resource));
    }
  }
  return records;
}

function readRecord(record: Json, resource: Json): Json {
  const body = readValue(record.body, 0);
  const written = readNanoseconds(record.timeUnixNano);
  const observed = readNanoseconds(record.observedTimeUnixNano);
  const attributes = readPairs(record.attributes);
  // Another field, because it is the moment of reading: it is no part of the line's identity.
  const times = { ...(written && { timestamp: written }), ...(observed && { observed_timestamp: observed }) };
  const inner = isObject(body) ? body : { body };
  return { ...resource, ...times, ...attributes, ...inner };
}

function readPairs(pairs: unknown, depth = 0): Json {
  return Object.fromEntries(
    listObjects(pairs)
      .filter((pair): pair is Json & { key: string } => typeof pair.key === "string")
      .map((pair) => [pair.key, readValue(pair.value, depth + 1)]),
  );
}

function readValue(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth > deepest) return null;
  if ("stringValue" in value) return value.stringValue;
  if ("boolValue" in value) return value.boolValue;
  if ("doubleValue" in value) return value.doubleValue;
  if ("intValue" in value) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : String(value.intValue).slice(0, 40);
  }
  if (isObject(value.kvlistValue)) return readPairs(value.kvlistValue.values, depth);
  if (isObject(value.arrayValue)) {
    const values: unknown = value.arrayValue.values;
    return Array.isArray(values) ? values.map((item: unknown) => readValue(item, depth + 1)) : [];
  }
  return null;
}

/** Nanoseconds since 1970, as text or number, to a time with all its digits. */
function readNanoseconds(value: unknown): string | null {
  const text = typeof value === "number" ? value.toFixed(0) : value;
  if (typeof text !== "string" || !/^\d{10,19}$/.test(text) || /^0+$/.test(text)) return null;
  const nanoseconds = BigInt(text);
  const whole = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString();
  const rest = String(nanoseconds % 1_000_000_000n).padStart(9, "0");
  return whole.replace(".000Z", `.${rest}Z`);
}

function listObjects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
