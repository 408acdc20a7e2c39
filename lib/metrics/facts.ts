import type { SourceKind } from "#lib/events/schema";
import type { RequestCount } from "#lib/http/request-counts";

export interface RegistryFact {
  slug: string;
  state: string;
  lastSyncedAt: Date | null;
  disconnectedAt: Date | null;
  repositoryCount: number;
  tagCount: number;
  sizeBytes: bigint;
}

export interface SourceFact {
  id: number;
  registry: string;
  kind: SourceKind;
  secretSet: boolean;
  name: string;
  createdAt: Date;
  lastDeliveryAt: Date | null;
  canaryAt: Date | null;
  accepted: bigint;
  duplicate: bigint;
  ignored: bigint;
  unreadable: bigint;
  conflicting: bigint;
}

export interface IncidentFact {
  registry: string;
  cause: string;
  count: number;
}

export interface JobFacts {
  waiting: number;
  scheduled: number;
  running: number;
  failed: number;
  oldestWaitingAt: Date | null;
  workers: number;
}

export interface ProcessFacts {
  startedAt: Date;
  residentBytes: number;
  heapUsedBytes: number;
  cpuSeconds: number;
}

/** All that metrics are made of; null is what could not be read. */
export interface Facts {
  process: ProcessFacts;
  requests: readonly RequestCount[];
  registries: readonly RegistryFact[] | null;
  sources: readonly SourceFact[] | null;
  incidents: readonly IncidentFact[] | null;
  jobs: JobFacts | null;
  /** Links of the audit's chain; head null when somebody took it away. */
  audit: { head: bigint | null } | null;
}
