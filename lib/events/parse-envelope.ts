import { createHash } from "node:crypto";
import { cleanJson } from "#lib/events/clean-json";
import { readAddress } from "#lib/events/read-address";
import { readTime } from "#lib/events/read-time";
import type { RegistrySignal, SignalParse } from "#lib/events/signal";
import { isObject, type Json, objectIn, plainSignal, readText } from "#lib/events/signal-fields";
import { isDigest } from "#lib/oci/digest";
import { isRepositoryName, isTag } from "#lib/oci/reference";

const maxEvents = 10_000;
const maxRawBytes = 16 * 1024;

/** Reads what distribution sends. Fields that we do not know are no reason to refuse an event. */
export function parseEnvelope(body: string, receivedAt: Date): SignalParse {
  const result: SignalParse = { signals: [], ignored: 0, unreadable: 0 };
  const events = readEvents(body);
  if (events === null) return { ...result, unreadable: 1 };
  for (const event of events.slice(0, maxEvents)) {
    const notice = isObject(event) ? readNotice(event, receivedAt) : null;
    if (notice === "ignored") result.ignored += 1;
    else if (notice === null) result.unreadable += 1;
    else result.signals.push(notice);
  }
  result.unreadable += Math.max(0, events.length - maxEvents);
  return result;
}

function readEvents(body: string): unknown[] | null {
  try {
    const json: unknown = JSON.parse(body);
    return isObject(json) && Array.isArray(json.events) ? json.events : null;
  } catch {
    return null;
  }
}

function readNotice(event: Json, receivedAt: Date): RegistrySignal | "ignored" | null {
  const action = event.action;
  if (action === "mount") return "ignored";
  if (action !== "push" && action !== "pull" && action !== "delete") return null;
  const target = objectIn(event, "target");
  const mediaType = readText(target.mediaType, 200);
  const repository = readText(target.repository, 255);
  if (repository === null || !isRepositoryName(repository)) return null;
  if (isLayer(target, mediaType)) return "ignored";
  const tag = readText(target.tag, 128);
  const digest = readText(target.digest, 200);
  if ((tag !== null && !isTag(tag)) || (digest !== null && !isDigest(digest))) return null;
  if (action !== "delete" && digest === null) return null;
  const request = objectIn(event, "request");
  const actor = objectIn(event, "actor");
  const raw = JSON.stringify(cleanJson(event));
  return plainSignal({
    eventId: readText(event.id, 200) ?? `sha256:${createHash("sha256").update(raw).digest("hex")}`,
    side: "notification",
    action,
    repository,
    tag,
    digest,
    mediaType,
    actor: readText(actor.name, 200),
    address: readAddress(readText(request.addr, 100)),
    agent: readText(request.useragent, 400),
    at: readTime(event.timestamp, receivedAt),
    raw: raw.length <= maxRawBytes ? raw : "{}",
  });
}

/** Blobs have no media type of their own; their address says what they are. */
function isLayer(target: Json, mediaType: string | null): boolean {
  if (mediaType === "application/octet-stream") return true;
  return typeof target.url === "string" && /\/blobs\/[^/]+$/.test(target.url);
}
