import { readAddress } from "#lib/events/read-address";
import type { RegistrySignal, SignalParse } from "#lib/events/signal";
import {
  identityOf,
  isObject,
  type Json,
  keepRaw,
  objectIn,
  plainSignal,
  readText,
  readTime,
  withoutRepeats,
} from "#lib/events/signal-fields";
import { isDigest } from "#lib/oci/digest";
import { isRepositoryName, isTag } from "#lib/oci/reference";

const maxEvents = 10_000;
/** The ends of the types: what stands before them can be set in zot's configuration. */
const actions: ReadonlyMap<string, RegistrySignal["action"]> = new Map([
  ["image.updated", "push"],
  ["image.created", "push"],
  ["image.deleted", "delete"],
]);

interface CloudEvent {
  id: string | null;
  source: string | null;
  type: string | null;
  time: unknown;
  data: unknown;
}

/**
 * Reads what zot sends of pushes and deletions. Its HTTP sink puts what describes the event into headers (`ce-id`,
 * `ce-type`, …, names in lower case); an event that holds it in the body, or a list of such, is read as well.
 */
export function parseZotEvent(
  body: string,
  headers: Record<string, string | undefined>,
  receivedAt: Date,
): SignalParse {
  const result: SignalParse = { signals: [], ignored: 0, unreadable: 0 };
  const events = readCloudEvents(body, headers);
  if (events === null) return { ...result, unreadable: 1 };
  for (const event of events.slice(0, maxEvents)) {
    const signal = readSignal(event, receivedAt);
    if (signal === "ignored") result.ignored += 1;
    else if (signal === null) result.unreadable += 1;
    else result.signals.push(signal);
  }
  result.unreadable += Math.max(0, events.length - maxEvents);
  return withoutRepeats(result);
}

function readCloudEvents(body: string, headers: Record<string, string | undefined>): CloudEvent[] | null {
  const json = parseJson(body);
  const type = readText(headers["ce-type"], 300);
  if (type !== null) {
    const id = readText(headers["ce-id"], 400);
    return [{ id, source: readText(headers["ce-source"], 400), type, time: headers["ce-time"], data: json }];
  }
  if (json === undefined) return null;
  return (Array.isArray(json) ? json : [json]).map((event: unknown) => {
    const given = isObject(event) ? event : {};
    const { data, data_base64: encoded } = given;
    return {
      id: readText(given.id, 400),
      source: readText(given.source, 400),
      type: readText(given.type, 300),
      time: given.time,
      data: typeof encoded === "string" ? parseJson(Buffer.from(encoded, "base64").toString("utf8")) : data,
    };
  });
}

function readSignal(event: CloudEvent, receivedAt: Date): RegistrySignal | "ignored" | null {
  if (event.type === null) return null;
  const action = actions.get(event.type.split(".").slice(-2).join("."));
  if (action === undefined) return "ignored";
  const data = typeof event.data === "string" ? parseJson(event.data) : event.data;
  if (!isObject(data)) return null;
  const repository = readText(data.name, 255);
  const digest = readText(data.digest, 300);
  const reference = readText(data.reference, 300);
  if (repository === null || !isRepositoryName(repository)) return null;
  if (digest !== null && !isDigest(digest)) return null;
  if (reference !== null && !isTag(reference) && !isDigest(reference)) return null;
  const named = digest ?? (reference !== null && isDigest(reference) ? reference : null);
  const tag = reference !== null && isTag(reference) ? reference : null;
  if (named === null && tag === null) return null;
  const request = objectIn(data, "request");
  const raw = keepRaw(withoutManifest(data));
  return plainSignal({
    eventId:
      event.id === null
        ? identityOf([event.type, readText(event.time, 64), raw])
        : shortIdentity(`${event.source ?? ""}#${event.id}`),
    side: "zot",
    action,
    repository,
    tag,
    digest: named,
    mediaType: readText(data.mediaType, 200),
    actor: readText(objectIn(data, "actor").name, 200),
    address: readAddress(readText(request.addr, 100)),
    agent: readText(request.useragent, 400),
    at: readTime(event.time, receivedAt) ?? receivedAt,
    raw,
  });
}

function shortIdentity(told: string): string {
  return told.length <= 200 ? told : identityOf([told]);
}

/** The manifest is read from the registry itself, by its digest. */
function withoutManifest({ manifest: _manifest, ...rest }: Json): Json {
  return rest;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
