import { isObject, type Json, objectIn } from "#lib/events/signal-fields";

const deepest = 24;

/** What the records of an OTLP/HTTP JSON body held, as plain JSON. */
export function readOtlp(body: Json): Json[] {
  const found: Json[] = [];
  for (const resource of listIn(body, "resourceLogs")) {
    const about = readAttributes(objectIn(resource, "resource").attributes);
    for (const scope of listIn(resource, "scopeLogs"))
      for (const record of listIn(scope, "logRecords")) found.push(readRecord(record, about));
  }
  return found;
}

function readRecord(record: Json, about: Json): Json {
  const cluster = about["k8s.cluster.name"];
  const content = readValue(record.body, 0);
  const text = typeof content === "string" && !content.trimStart().startsWith("{") ? content : null;
  if (text === null) return { clusterName: cluster, body: content };
  // The events receiver sends the message as the body, and all else as attributes.
  const said = { ...about, ...readAttributes(record.attributes) };
  return {
    clusterName: cluster,
    kind: "Event",
    reason: said["k8s.event.reason"] ?? record.eventName,
    message: text,
    count: said["k8s.event.count"],
    firstTimestamp: said["k8s.event.start_time"],
    lastTimestamp: readNanoseconds(record.timeUnixNano),
    metadata: {
      uid: said["k8s.event.uid"],
      name: said["k8s.event.name"],
      namespace: said["k8s.namespace.name"],
    },
    involvedObject: {
      kind: said["k8s.object.kind"] ?? "Pod",
      name: said["k8s.object.name"] ?? said["k8s.pod.name"],
      namespace: said["k8s.namespace.name"],
      uid: said["k8s.object.uid"] ?? said["k8s.pod.uid"],
    },
    source: { host: said["k8s.node.name"] },
  };
}

function readNanoseconds(value: unknown): string | null {
  const milliseconds = typeof value === "string" || typeof value === "number" ? Number(value) / 1e6 : 0;
  return milliseconds > 0 && milliseconds < 8.64e15 ? new Date(milliseconds).toISOString() : null;
}

function readAttributes(value: unknown): Json {
  const read: Json = {};
  if (!Array.isArray(value)) return read;
  for (const entry of value.slice(0, 200))
    if (isObject(entry) && typeof entry.key === "string") read[entry.key] = readValue(entry.value, 0);
  return read;
}

/** OTLP wraps each value in an object that names its type. */
function readValue(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth > deepest) return null;
  if ("intValue" in value) return Number(value.intValue);
  for (const key of ["stringValue", "boolValue", "doubleValue"]) if (key in value) return value[key];
  const values = (key: string) => listIn(objectIn(value, key), "values");
  if ("arrayValue" in value) return values("arrayValue").map((entry) => readValue(entry, depth + 1));
  if (!("kvlistValue" in value)) return null;
  const read: Json = {};
  for (const { key, value: inner } of values("kvlistValue"))
    if (typeof key === "string") read[key] = readValue(inner, depth + 1);
  return read;
}

function listIn(object: Json, key: string): Json[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}
