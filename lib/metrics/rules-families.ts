import { evaluateSourceState } from "#lib/events/rules-source-state";
import type { Facts, JobFacts, SourceFact } from "#lib/metrics/facts";
import type { MetricFamily, Sample } from "#lib/metrics/rules-exposition";

/** What an operator watches. No label holds a repository, an address or a principal: so there are few series. */
export function prepareFamilies(facts: Facts, now: Date): MetricFamily[] {
  return [
    gauge("wharfinger_up", "Always 1: the process answers.", [{ value: 1 }]),
    gauge("wharfinger_database_up", "Whether the console's database answered.", [
      { value: facts.registries === null ? 0 : 1 },
    ]),
    ...prepareProcess(facts),
    ...prepareRequests(facts),
    ...prepareRegistries(facts, now),
    ...prepareSources(facts.sources ?? [], now),
    gauge(
      "wharfinger_open_incidents",
      "Failed pulls that go on and that nobody took on, by registry and cause.",
      (facts.incidents ?? []).map(({ registry, cause, count }) => ({
        labels: { registry, cause },
        value: count,
      })),
    ),
    ...(facts.jobs === null ? [] : prepareJobs(facts.jobs, now)),
    ...prepareAudit(facts),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name, help, type: "gauge", samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name, help, type: "counter", samples };
}

function prepareProcess({ process }: Facts): MetricFamily[] {
  return [
    gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", [
      { value: process.startedAt.getTime() / 1_000 },
    ]),
    counter("process_cpu_seconds_total", "Processor time of this process.", [{ value: process.cpuSeconds }]),
    gauge("process_resident_memory_bytes", "Memory of this process.", [{ value: process.residentBytes }]),
    gauge("nodejs_heap_used_bytes", "Memory that its objects take.", [{ value: process.heapUsedBytes }]),
  ];
}

function prepareRequests({ requests }: Facts): MetricFamily[] {
  const sorted = requests.toSorted(
    (a, b) => compare(a.route, b.route) || compare(a.method, b.method) || a.status - b.status,
  );
  const labelsOf = ({ method, route, status }: (typeof sorted)[number]) => ({ method, route, status });
  return [
    counter(
      "wharfinger_http_requests_total",
      "API requests that this process answered, by route and status.",
      sorted.map((one) => ({ labels: labelsOf(one), value: one.count })),
    ),
    counter(
      "wharfinger_http_request_seconds_total",
      "How long they took together.",
      sorted.map((one) => ({ labels: labelsOf(one), value: Math.round(one.seconds * 1e6) / 1e6 })),
    ),
  ];
}

function prepareRegistries({ registries }: Facts, now: Date): MetricFamily[] {
  const connected = (registries ?? []).filter(({ disconnectedAt }) => disconnectedAt === null);
  const each = (value: (registry: (typeof connected)[number]) => number | null): Sample[] =>
    connected.flatMap((registry) => {
      const found = value(registry);
      return found === null ? [] : [{ labels: { registry: registry.slug }, value: found }];
    });
  return [
    gauge(
      "wharfinger_registry_up",
      "Whether a registry answers as it should; absent before it was asked.",
      each(({ state }) => (state === "new" ? null : Number(state === "ok"))),
    ),
    gauge(
      "wharfinger_registry_last_sync_age_seconds",
      "How long ago a registry was last read to the end; absent before the first time.",
      each(({ lastSyncedAt }) => ageOf(lastSyncedAt, now)),
    ),
    gauge(
      "wharfinger_registry_repositories",
      "Repositories of a registry.",
      each((one) => one.repositoryCount),
    ),
    gauge(
      "wharfinger_registry_tags",
      "Tags of a registry.",
      each((one) => one.tagCount),
    ),
    gauge(
      "wharfinger_registry_size_bytes",
      "Bytes of a registry, each blob once.",
      each((one) => Number(one.sizeBytes)),
    ),
  ];
}

const results = ["accepted", "duplicate", "ignored", "unreadable", "conflicting"] as const;
const states = ["heard", "quiet-or-silent", "silent", "never"] as const;

function prepareSources(sources: readonly SourceFact[], now: Date): MetricFamily[] {
  // Two sources may have one name, and then only the number tells them apart.
  const labelsOf = ({ registry, kind, name, id }: SourceFact) => ({ registry, kind, source: name, id });
  return [
    counter(
      "wharfinger_source_events_total",
      "What a source of events told, by what became of it.",
      sources.flatMap((source) =>
        results.map((result) => ({
          labels: { ...labelsOf(source), result },
          value: Number(source[result]),
        })),
      ),
    ),
    gauge(
      "wharfinger_source_last_delivery_age_seconds",
      "How long ago a source last delivered; since it was made where it never did.",
      sources.map((source) => ({
        labels: labelsOf(source),
        value: ageOf(source.lastDeliveryAt ?? source.createdAt, now) ?? 0,
      })),
    ),
    gauge(
      "wharfinger_source_state",
      "1 for the state that a source is in.",
      sources.flatMap((source) => {
        const current = evaluateSourceState({ ...source, endedAt: null }, now);
        return states.map((state) => ({
          labels: { ...labelsOf(source), state },
          value: Number(state === current),
        }));
      }),
    ),
  ];
}

function prepareJobs(jobs: JobFacts, now: Date): MetricFamily[] {
  return [
    gauge(
      "wharfinger_jobs",
      "Jobs in the queue: due and waiting, due later, running, and given up.",
      (["waiting", "scheduled", "running", "failed"] as const).map((state) => ({
        labels: { state },
        value: jobs[state],
      })),
    ),
    gauge("wharfinger_job_oldest_waiting_seconds", "For how long the oldest job that is due has waited.", [
      { value: ageOf(jobs.oldestWaitingAt, now) ?? 0 },
    ]),
    gauge("wharfinger_workers", "Worker processes that were heard of in the last ten seconds.", [
      { value: jobs.workers },
    ]),
  ];
}

function prepareAudit({ audit }: Facts): MetricFamily[] {
  if (audit === null) return [];
  return [
    gauge("wharfinger_audit_chain_head_present", "0 when the end of the audit's chain was taken away.", [
      { value: Number(audit.head !== null) },
    ]),
    gauge(
      "wharfinger_audit_chain_links",
      "Links of the audit's chain: it only grows.",
      audit.head === null ? [] : [{ value: Number(audit.head) }],
    ),
  ];
}

/** Clocks of several machines differ: nothing was in the future. */
function ageOf(at: Date | null, now: Date): number | null {
  return at === null ? null : Math.max(0, Math.round((now.getTime() - at.getTime()) / 1_000));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
