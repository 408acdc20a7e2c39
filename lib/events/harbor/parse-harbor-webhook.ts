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

const maxResources = 10_000;
/** The names of Harbor 2, of Harbor 1, and of the CloudEvents format. */
const actions: ReadonlyMap<string, RegistrySignal["action"]> = new Map([
  ["PUSH_ARTIFACT", "push"],
  ["PULL_ARTIFACT", "pull"],
  ["DELETE_ARTIFACT", "delete"],
  ["pushImage", "push"],
  ["pullImage", "pull"],
  ["deleteImage", "delete"],
  ["harbor.artifact.pushed", "push"],
  ["harbor.artifact.pulled", "pull"],
  ["harbor.artifact.deleted", "delete"],
]);
/** Harbor makes such a robot for each scan: its pulls are nobody's use. */
const scanner = /^robot\$.+-[A-Za-z]+-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads a webhook of Harbor in its own format or as CloudEvents: pushes, pulls and deletions of artifacts. */
export function parseHarborWebhook(body: string, receivedAt: Date): SignalParse {
  const result: SignalParse = { signals: [], ignored: 0, unreadable: 0 };
  const hooks = readHooks(body);
  if (hooks === null) return { ...result, unreadable: 1 };
  for (const hook of hooks) {
    if (isObject(hook)) readHook(hook, receivedAt, result);
    else result.unreadable += 1;
  }
  return withoutRepeats(result);
}

function readHooks(body: string): unknown[] | null {
  try {
    const json: unknown = JSON.parse(body);
    return Array.isArray(json) ? json.slice(0, maxResources) : [json];
  } catch {
    return null;
  }
}

function readHook(hook: Json, receivedAt: Date, result: SignalParse): void {
  const type = readText(hook.type, 100);
  if (type === null) {
    result.unreadable += 1;
    return;
  }
  const action = actions.get(type);
  const operator = readText(hook.operator, 200);
  if (action === undefined || (action === "pull" && operator !== null && scanner.test(operator))) {
    result.ignored += 1;
    return;
  }
  const data = isObject(hook.data) ? hook.data : objectIn(hook, "event_data");
  const repository = readRepository(objectIn(data, "repository"));
  const resources = Array.isArray(data.resources) ? data.resources.slice(0, maxResources) : [];
  if (repository === null || resources.length === 0) {
    result.unreadable += 1;
    return;
  }
  const at = readTime(hook.occur_at, receivedAt) ?? readTime(hook.time, receivedAt) ?? receivedAt;
  const raw = keepRaw(hook);
  const id = readText(hook.id, 400);
  // Harbor's own format has no identity: equal pulls by the same user within a second are one.
  const identity = id === null ? [type, toldTime(hook), operator] : [readText(hook.source, 400), id];
  for (const resource of resources) {
    const named = isObject(resource) ? readResource(resource) : null;
    if (named === null) {
      result.unreadable += 1;
      continue;
    }
    result.signals.push(
      plainSignal({
        eventId: identityOf([...identity, repository, named.tag, named.digest]),
        side: "harbor",
        action,
        repository,
        tag: named.tag,
        digest: named.digest,
        actor: operator,
        at,
        raw,
      }),
    );
  }
}

/** As it was told: a time that makes no sense still tells two events apart. */
function toldTime(hook: Json): string | number | null {
  const time = hook.occur_at ?? hook.time;
  return typeof time === "number" ? time : readText(time, 64);
}

function readRepository(repository: Json): string | null {
  const { namespace, name } = repository;
  const full = readText(repository.repo_full_name, 255) ?? readText(`${namespace}/${name}`, 255);
  return full !== null && isRepositoryName(full) ? full : null;
}

/** Of what was pulled or copied by digest, Harbor writes the digest in the place of the tag. */
function readResource(resource: Json): { tag: string | null; digest: string | null } | null {
  const tag = readText(resource.tag, 300);
  const digest = readText(resource.digest, 300) ?? (tag !== null && isDigest(tag) ? tag : null);
  if (digest !== null && !isDigest(digest)) return null;
  if (tag === null || isDigest(tag)) return digest === null ? null : { tag: null, digest };
  return isTag(tag) ? { tag, digest } : null;
}
