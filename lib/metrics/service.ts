import { timingSafeEqual } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { findAuditChainLength } from "#lib/audit/chain-head";
import { parseBearer } from "#lib/auth/bearer";
import { db } from "#lib/db/client";
import { HttpError, NotFoundError, UnauthenticatedError } from "#lib/http/errors";
import { listRequestCounts } from "#lib/http/request-counts";
import { log } from "#lib/log/log";
import type { Facts, ProcessFacts } from "#lib/metrics/facts";
import { type Asker, evaluateMetricsAccess } from "#lib/metrics/rules-access";
import { formatExposition } from "#lib/metrics/rules-exposition";
import { prepareFamilies } from "#lib/metrics/rules-families";
import { getJobFacts, listIncidentFacts, listRegistryFacts, listSourceFacts } from "#lib/metrics/store";
import { type MetricsAccess, readSettings } from "#lib/settings/settings";

/** What Prometheus reads, for whom the setting lets in. */
export async function getMetrics(
  now: Date,
  { authorization, ...asker }: Omit<Asker, "token"> & { authorization: string | null },
): Promise<string> {
  const bearer = parseBearer(authorization);
  requireMetricsAccess({ ...asker, token: bearer.kind === "token" ? bearer.token : null });
  const facts = await readFactsOnce(now);
  return formatExposition(
    prepareFamilies({ ...facts, process: readProcess(), requests: listRequestCounts() }, now),
  );
}

function requireMetricsAccess(asker: Asker): void {
  const verdict = evaluateMetricsAccess(readAccess(), asker, isEqual);
  if (verdict === "off") throw new NotFoundError("Metrics are turned off.");
  if (verdict === "needs-token")
    throw new UnauthenticatedError("Metrics need the token of WHARFINGER_METRICS as a bearer token.");
  if (verdict === "elsewhere")
    throw new HttpError(
      403,
      "metrics-closed",
      "Metrics are read from this machine only. To read them from elsewhere, set WHARFINGER_METRICS to a token.",
    );
}

function readAccess(): MetricsAccess {
  const read = readSettings(process.env);
  return read.ok ? read.settings.metrics : { kind: "off" };
}

function isEqual(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

type StoredFacts = Omit<Facts, "process" | "requests">;

let kept: { facts: Promise<StoredFacts>; until: number } | null = null;
const keepMs = 1_000;

/** However many ask at once, the database is asked once a second at most. */
function readFactsOnce(now: Date): Promise<StoredFacts> {
  if (kept === null || kept.until <= now.getTime())
    kept = { facts: readFacts(now), until: now.getTime() + keepMs };
  return kept.facts;
}

const openForMs = 24 * 3_600_000;
const workerSilentMs = 10_000;

async function readFacts(now: Date): Promise<StoredFacts> {
  const before = (ms: number) => new Date(now.getTime() - ms);
  const [registries, sources, incidents, jobs, audit] = await Promise.all([
    orNull("registries", listRegistryFacts(db())),
    orNull("sources", listSourceFacts(db())),
    orNull("incidents", listIncidentFacts(db(), now, before(openForMs))),
    orNull("jobs", getJobFacts(db(), now, before(workerSilentMs))),
    orNull(
      "audit",
      findAuditChainLength().then((head) => ({ head })),
    ),
  ]);
  return { registries, sources, incidents, jobs, audit };
}

/** A scraper gives up after ten seconds, and then would know nothing at all. */
const patienceMs = 2_000;

/** One part that cannot be read takes none of the others along. */
async function orNull<T>(part: string, reading: Promise<T>): Promise<T | null> {
  const read = reading.catch(() => {
    log.warn({ part }, "metrics not read");
    return null;
  });
  return Promise.race([read, delay(patienceMs, null, { ref: false })]);
}

function readProcess(): ProcessFacts {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    startedAt: new Date(Math.round(performance.timeOrigin)),
    residentBytes: rss,
    heapUsedBytes: heapUsed,
    cpuSeconds: (user + system) / 1e6,
  };
}
