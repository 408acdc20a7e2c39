import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { db } from "#lib/db/client";
import { type ClusterWatch, startClusterWatch } from "#lib/events/kubernetes/watch";
import { type WatchPace, watchPace } from "#lib/events/kubernetes/watch-pace";
import type { Source } from "#lib/events/schema";
import { listSources } from "#lib/events/source-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { FakeCluster } from "#lib/testing/fake-cluster";

/** In no hurry, but without the waits that spare a real cluster. */
export const quickPace: WatchPace = {
  ...watchPace,
  pageSize: 2,
  firstMs: 5,
  longestMs: 50,
  noteMs: 0,
  leaseMs: 2_000,
  renewMs: 20,
};

export interface WatchedCluster {
  readonly fake: FakeCluster;
  /** Path of the kubeconfig. */
  readonly config: string;
  readonly cluster: string;
  readonly folder: string;
  /** Starts a watch, which is stopped after the test. */
  watch(more?: Partial<WatchPace>): ClusterWatch;
  /** Count of each Event that was kept of the cluster, by its uid. */
  counts(client?: ReturnType<typeof db>): Promise<Record<string, number>>;
  /** What all hours of the registry add up to. */
  hourSum(): Promise<number>;
  findShown(): Promise<Source>;
}

/** A cluster and its kubeconfig for each test, beside a registry `told` that its images are of. */
export function attachWatchedCluster(): WatchedCluster {
  attachTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), "wharfinger-watch-"));
  let registryId = 0;
  let number = 0;
  let fake: FakeCluster | null = null;
  let watches: ClusterWatch[] = [];

  beforeAll(async () => {
    const url = "http://registry.example:5000";
    registryId = await connectTestRegistry("told", url, { repositorySource: "events" });
  });
  beforeEach(async () => {
    number += 1;
    fake = await FakeCluster.start();
    writeFileSync(attached.config, fake.kubeconfig);
  });
  afterEach(async () => {
    await Promise.all(watches.map((watch) => watch.stop()));
    watches = [];
    await fake?.stop();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const attached: WatchedCluster = {
    folder,
    get fake() {
      if (fake === null) throw new Error("A cluster is there within a test only.");
      return fake;
    },
    get config() {
      return join(folder, `config-${number}`);
    },
    get cluster() {
      return `cluster-${number}`;
    },
    watch: (more = {}) => {
      const { config, cluster } = attached;
      const started = startClusterWatch(
        { config, context: null, registry: "told", cluster },
        { ...quickPace, ...more },
      );
      watches.push(started);
      return started;
    },
    counts: async (client = db()) => {
      const rows = await client.registryEvent.findMany({
        where: { registryId, cluster: attached.cluster },
        select: { eventId: true, count: true },
      });
      return Object.fromEntries(rows.map(({ eventId, count }) => [eventId, count]));
    },
    hourSum: async () => {
      const { _sum } = await db().eventHour.aggregate({ where: { registryId }, _sum: { count: true } });
      return Number(_sum.count ?? 0);
    },
    findShown: async () => {
      const sources = await listSources({ ...testContext, now: new Date() }, "told");
      const source = sources.find(({ cluster }) => cluster === attached.cluster);
      if (!source) throw new Error("The cluster has no source.");
      return source;
    },
  };
  return attached;
}
