import { type FoundEvent, readEvents } from "#lib/events/kubernetes/read-events";
import { evaluateWorkload, type PodOwner } from "#lib/events/kubernetes/rules-workload";
import type { RegistrySignal, SignalParse } from "#lib/events/signal";
import {
  firstText,
  identityOf,
  isObject,
  type Json,
  keepRaw,
  objectIn,
  plainSignal,
  readCount,
  readText,
  readTime,
  withoutRepeats,
} from "#lib/events/signal-fields";
import { evaluateCause } from "#lib/failures/rules-cause";
import { findNamedImage, type NamedImage } from "#lib/failures/rules-image";
import type { FailureCause } from "#lib/failures/schema";

export interface KubernetesSource {
  /** `host` or `host:port` of the registry that the source is of. */
  registryHost: string;
  cluster: string | null;
}

type Outcome = FailureCause | "pulled" | null;
interface Verdict {
  outcome: Outcome;
  image: NamedImage | null;
}

const longestMessage = 4_000;
const longestName = 253;
/** Reasons that are used for nothing but pulls. */
const pullReasons = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "ErrImageNeverPull",
  "InvalidImageName",
  "InspectFailed",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
  "FailedToRetrieveImagePullSecret",
]);
/** Reasons that are used for pulls as well: the message tells. */
const mixedReasons = new Set(["Failed", "BackOff", "FailedSync", "FailedCreatePodSandBox"]);
const tellsOfPull =
  /\b(?:failed to (?:pull|inspect) image|back-off pulling image|pulling image|errimage\w+|imagepullbackoff|invalidimagename|imageinspecterror|registryunavailable|signaturevalidationfailed)\b/i;
const pulled = /^successfully pulled image\b/i;
const aggregated = /^\(combined from similar events\): */i;

/** Reads what watchers and exporters of Kubernetes Events send: pulls that failed, and pulls that went well. */
export function parseKubernetesEvents(
  body: string,
  contentType: string | null,
  receivedAt: Date,
  source: KubernetesSource,
): SignalParse {
  const found = readEvents(body, contentType);
  const signals: RegistrySignal[] = [];
  // Forty nodes say the same: judging a text takes longer than all else.
  const known = new Map<string, Verdict>();
  for (const each of found.events) {
    const signal = readSignal(each, receivedAt, source, known);
    if (signal !== null) signals.push(signal);
  }
  const ignored = found.ignored + found.events.length - signals.length;
  return withoutRepeats({ signals, ignored, unreadable: found.unreadable });
}

function readSignal(
  { event, cluster }: FoundEvent,
  receivedAt: Date,
  source: KubernetesSource,
  known: Map<string, Verdict>,
): RegistrySignal | null {
  const reason = firstText([event.reason, event.name], 200) ?? "";
  const said = firstText([event.message, event.note], longestMessage)?.replace(aggregated, "") ?? null;
  const key = `${reason}\n${said}`;
  const verdict = known.get(key) ?? readVerdict(reason, said);
  known.set(key, verdict);
  const { outcome, image } = verdict;
  if (outcome === null) return null;
  const metadata = objectIn(event, "metadata");
  const involved = isObject(event.involvedObject) ? event.involvedObject : objectIn(event, "regarding");
  const series = objectIn(event, "series");
  const namespace = firstText([involved.namespace, metadata.namespace, event.namespace], longestName);
  const at = firstTime([event.firstTimestamp, event.deprecatedFirstTimestamp, event.eventTime], receivedAt);
  const created = at ?? readTime(metadata.creationTimestamp, receivedAt);
  const seen = [event.lastTimestamp, series.lastObservedTime, event.deprecatedLastTimestamp];
  const last = firstTime(seen, receivedAt) ?? created ?? receivedAt;
  const begun = created !== null && created < last ? created : last;
  return plainSignal({
    eventId: readIdentity(event, metadata, involved, reason, said),
    side: "kubernetes",
    action: "pull",
    cause: outcome === "pulled" ? null : outcome,
    repository: image === null ? null : nameFor(image, source.registryHost),
    tag: image?.tag ?? null,
    digest: image?.digest ?? null,
    cluster: readText(source.cluster, 200) ?? cluster,
    namespace,
    workload: readWorkload(event, involved),
    node: firstText(
      [
        objectIn(event, "source").host,
        objectIn(event, "deprecatedSource").host,
        event.reportingInstance,
        event.host,
      ],
      longestName,
    ),
    message: said,
    count: Math.max(readCount(event.count), readCount(event.deprecatedCount), readCount(series.count)),
    at: begun,
    lastAt: last,
    // The pod may have other secrets, or need none: only a pull that fails afterwards is a failure.
    provisional: reason === "FailedToRetrieveImagePullSecret",
    raw: keepRaw(event),
  });
}

function readVerdict(reason: string, said: string | null): Verdict {
  const outcome = readOutcome(reason, said);
  return { outcome, image: outcome === null || said === null ? null : findNamedImage(said) };
}

/** The cause of a failed pull, a pull that went well, or null for what tells of no pull. */
function readOutcome(reason: string, said: string | null): Outcome {
  const text = said ?? "";
  if (reason === "Pulled") return pulled.test(text) ? "pulled" : null;
  const isPull = pullReasons.has(reason) || (mixedReasons.has(reason) && tellsOfPull.test(text));
  if (!isPull) return null;
  if (reason === "FailedToRetrieveImagePullSecret" || text === "") return "no-cause-in-text";
  const cause = evaluateCause(text);
  return cause === "not-a-failed-pull" ? null : cause;
}

/** Its uid: the same Event comes again with each repetition, with a higher count and often another message. */
function readIdentity(
  event: Json,
  metadata: Json,
  involved: Json,
  reason: string,
  said: string | null,
): string {
  const uid = readText(metadata.uid, 200);
  if (uid !== null) return uid;
  const namespace = firstText([metadata.namespace, involved.namespace, event.namespace], longestName);
  const name = readText(metadata.name, 400);
  if (name !== null) return identityOf([namespace, name]);
  const first = firstText([event.firstTimestamp, event.eventTime, event.deprecatedFirstTimestamp], 64);
  const object = firstText([involved.uid, involved.name, event.name], 400);
  return identityOf([namespace, object, reason, said, first]);
}

function readWorkload(event: Json, involved: Json): string | null {
  // Flat layouts of exporters have kind and name of the object beside the message.
  const flat = typeof event.reason === "string" && typeof event.kind === "string" && event.kind !== "Event";
  const kind = firstText([involved.kind, flat ? event.kind : null], 100) ?? "Pod";
  const name = firstText([involved.name, flat ? event.name : null], longestName);
  if (name === null) return null;
  if (kind !== "Pod") return `${kind}/${name}`;
  const owners = [involved.ownerReferences, objectIn(involved, "metadata").ownerReferences];
  return evaluateWorkload({ name, owner: readOwner(owners), labels: readLabels(involved.labels) }).slice(
    0,
    360,
  );
}

function readOwner(lists: readonly unknown[]): PodOwner | null {
  for (const list of lists) {
    if (!Array.isArray(list)) continue;
    const owners = list.filter(isObject);
    const owner = owners.find((each) => each.controller === true) ?? owners[0];
    const kind = readText(owner?.kind, 100);
    const name = readText(owner?.name, longestName);
    if (kind !== null && name !== null) return { kind, name };
  }
  return null;
}

/** Some exporters write underscores for the dots in names of labels. */
function readLabels(value: unknown): Map<string, string> {
  const labels = new Map<string, string>();
  if (!isObject(value)) return labels;
  for (const [key, text] of Object.entries(value).slice(0, 200)) {
    if (typeof text !== "string") continue;
    labels.set(key, text.slice(0, longestName));
    labels.set(key.replaceAll("_", "."), text.slice(0, longestName));
  }
  return labels;
}

/** The name within the registry of the source, or with its host where the image is of another. */
function nameFor(image: NamedImage, registryHost: string): string {
  const host = comparableHost(image.host ?? "docker.io");
  const isOfHub = host === "docker.io" && !image.repository.includes("/");
  const repository = isOfHub ? `library/${image.repository}` : image.repository;
  return host === comparableHost(registryHost) ? repository : `${host}/${repository}`;
}

function comparableHost(host: string): string {
  const written = host.toLowerCase().replace(/:(?:443|80)$/, "");
  return /^(?:index|registry-1)\.docker\.io$/.test(written) ? "docker.io" : written;
}

function firstTime(values: readonly unknown[], receivedAt: Date): Date | null {
  for (const value of values) {
    const time = readTime(value, receivedAt);
    if (time !== null) return time;
  }
  return null;
}
