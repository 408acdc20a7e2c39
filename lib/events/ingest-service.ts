import { db } from "#lib/db/client";
import { isDatabaseAway } from "#lib/db/database-fault";
import { withRetry } from "#lib/db/with-retry";
import { cleanText } from "#lib/events/clean-text";
import type { KnownSource } from "#lib/events/known-source";
import type { IngestResult, SourceKind } from "#lib/events/schema";
import type { RegistrySignal, SignalParse } from "#lib/events/signal";
import { recordPullsTold } from "#lib/events/store";
import {
  type Delivery,
  findSourceBySecret,
  insertDeliveries,
  type KeptDelivery,
  lockSources,
} from "#lib/events/store-ingest";
import { UnauthenticatedError } from "#lib/http/errors";
import { getRequestMark } from "#lib/registries/request-mark";
import { hashSecret } from "#lib/secrets/service";

const believedMs = 30_000;
const maxBelieved = 1_000;
const believed = new Map<string, { source: KnownSource; until: number }>();

/**
 * The source that a secret names. One that was found is remembered, because a registry sends its events one at a time
 * and waits for each answer; whether its secret still holds is looked at again in the statement that keeps them.
 */
export async function findSource(kind: SourceKind, secret: string): Promise<KnownSource | null> {
  const hash = await hashSecret("ingest-secret", secret);
  const key = `${kind} ${hash}`;
  const known = believed.get(key);
  if (known && known.until > performance.now()) return known.source;
  believed.delete(key);
  const source = await findSourceBySecret(db(), kind, hash);
  if (source !== null) {
    if (believed.size >= maxBelieved) believed.clear();
    believed.set(key, { source, until: performance.now() + believedMs });
  }
  return source;
}

const maxSampleCharacters = 2_000;

/**
 * Keeps what a source told, in one transaction with the job that takes it into inventory and ledger: once this
 * returns, nothing of it is lost. What our own marked requests made is nobody's pull and is not kept, but it tells
 * that the source speaks. Deliveries that wait for each other share a transaction.
 */
export async function ingestSignals(
  source: KnownSource,
  parse: SignalParse,
  receivedAt: Date,
  /** The body, of which the beginning is kept where something could not be read. */
  body = "",
): Promise<IngestResult> {
  const mark = await getRequestMark();
  const signals = limitRaw(parse.signals.filter((signal) => !signal.agent?.includes(mark)));
  const canary = signals.length < parse.signals.length;
  if (parse.signals.some((signal) => signal.action === "pull" && signal.side === "notification"))
    await notePulls(source.registryId, receivedAt);
  const ignored = parse.ignored + parse.signals.length - signals.length;
  const { unreadable } = parse;
  const kept = await enlist({
    source,
    signals,
    receivedAt,
    canary,
    ignored,
    unreadable,
    sample: unreadable > 0 ? cleanText(body, maxSampleCharacters) : null,
  });
  const accepted = kept.inserted + kept.grown;
  return { accepted, duplicate: signals.length - accepted, ignored, unreadable };
}

/** Tells that a source can be heard, though it told nothing: what it answered was asked by us. */
export async function noteHeard(source: KnownSource, at: Date): Promise<void> {
  await enlist({
    source,
    signals: [],
    receivedAt: at,
    canary: true,
    ignored: 0,
    unreadable: 0,
    sample: null,
  });
}

/** Of what was told word for word, so much of one delivery: some bodies say the same for each of thousands. */
const maxRawCharacters = 16 * 1024 * 1024;

function limitRaw(signals: readonly RegistrySignal[]): RegistrySignal[] {
  let left = maxRawCharacters;
  return signals.map((signal) => {
    left -= signal.raw.length;
    return left >= 0 ? signal : { ...signal, raw: "{}" };
  });
}

interface Waiting {
  delivery: Delivery;
  resolve(kept: { inserted: number; grown: number }): void;
  reject(error: unknown): void;
}

/** Signals of one statement: more only where one delivery has more. */
const maxSignals = 2_000;
/** While one statement runs, the next begins when so many signals wait. */
const enoughSignals = 16;
const maxStatements = 2;
const waiting: Waiting[] = [];
let waitingSignals = 0;
let running = 0;

function enlist(delivery: Delivery): Promise<{ inserted: number; grown: number }> {
  return new Promise((resolve, reject) => {
    waiting.push({ delivery, resolve, reject });
    waitingSignals += delivery.signals.length;
    if (running === 0 || (running < maxStatements && waitingSignals >= enoughSignals)) void work();
  });
}

/** Whoever comes while statements run goes into the next one. */
async function work(): Promise<void> {
  running += 1;
  try {
    while (waiting.length > 0) await keep(takeBatch());
  } finally {
    running -= 1;
  }
}

/** In order of arrival. */
function takeBatch(): Waiting[] {
  let [count, signals] = [0, 0];
  for (const { delivery } of waiting) {
    if (count > 0 && signals + delivery.signals.length > maxSignals) break;
    count += 1;
    signals += delivery.signals.length;
  }
  waitingSignals -= signals;
  return waiting.splice(0, count);
}

async function keep(batch: readonly Waiting[]): Promise<void> {
  try {
    const deliveries = batch.map(({ delivery }) => delivery);
    share(batch, await withRetry(() => insertInOrder(deliveries)));
  } catch (error) {
    // What cannot be stored takes nothing along: each delivery gets its own try.
    if (batch.length > 1 && !isDatabaseAway(error)) for (const entry of batch) await keep([entry]);
    else for (const { reject } of batch) reject(error);
  }
}

/**
 * Signals that grow, and those without a time of their own, are compared with what is there: another process must not
 * add to the same source meanwhile. All others are told apart by their keys alone.
 */
function insertInOrder(deliveries: readonly Delivery[]): Promise<KeptDelivery[]> {
  const isCompared = deliveries.some(({ signals, receivedAt }) =>
    signals.some(({ side, count, at }) => side === "kubernetes" || count > 1 || at >= receivedAt),
  );
  if (!isCompared) return insertDeliveries(db(), deliveries);
  return db().$transaction(async (tx) => {
    await lockSources(
      tx,
      deliveries.map(({ source }) => source.id),
    );
    return insertDeliveries(tx, deliveries);
  });
}

function share(batch: readonly Waiting[], kept: readonly KeptDelivery[]): void {
  const byPlace = new Map(kept.map((delivery) => [delivery.place, delivery]));
  for (const [place, { resolve, reject }] of batch.entries()) {
    const delivery = byPlace.get(place);
    if (delivery !== undefined) resolve(delivery);
    else {
      believed.clear();
      reject(new UnauthenticatedError("This secret has ended."));
    }
  }
}

const lastDayTold = new Map<number, string>();

/** Also pulls of our own tell that this registry would tell of others. Once a day and process. */
async function notePulls(registryId: number, receivedAt: Date): Promise<void> {
  const day = receivedAt.toISOString().slice(0, 10);
  if (lastDayTold.get(registryId) === day) return;
  await recordPullsTold(db(), registryId, receivedAt);
  lastDayTold.set(registryId, day);
}
