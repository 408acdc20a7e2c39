import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { db } from "#lib/db/client";
import { ingestDistribution } from "#lib/events/hot-door";
import type { RegistryClient } from "#lib/oci/client";
import { createIngestSecret } from "#lib/registries/connection-service";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { dumpInventory } from "#lib/testing/dump-inventory";
import { startTestRegistry } from "#lib/testing/test-registry";
import type { CrawlBench } from "./crawl-throughput.ts";
import { prepareRepositoryName } from "./fixtures/names.ts";
import {
  forEachInLanes,
  openPushClient,
  pushRepositories,
  pushSmallImage,
} from "./fixtures/push-repositories.ts";
import { attachDatabase, crawlByWorker, releaseDatabase, startWorker } from "./harness/bench-worker.ts";
import { type Counted, startCountingProxy } from "./harness/counting-proxy.ts";
import { readRowVersions } from "./harness/row-versions.ts";

const secret = randomBytes(32).toString("base64url");
const slug = "watched";
const cleanSlug = "clean";
const quietSeconds = 10;
/** One push event in a hundred never arrives. */
const dropEvery = 100;

/** B2: what it costs to look again, and what becomes of events that get lost. */
export async function measureResync(bench: CrawlBench): Promise<void> {
  const { options, report, stack, program, run, repositories } = bench;
  const relay = await startRelay();
  run.onStop(relay.close);
  const registry = await startTestRegistry({
    program: program.command,
    kind: program.kind === "zot" ? "zot" : "distribution",
    notificationsTo: { url: relay.url, secret },
  });
  run.onStop(registry.stop);
  const proxy = await startCountingProxy(registry.url);
  run.onStop(proxy.close);
  const databaseUrl = await stack.openFresh("crawl_bench");
  await attachDatabase(stack, databaseUrl);
  const pushing = openPushClient(registry.url, { kind: "none" });
  const doneFile = join(registry.storageFolder, "..", "pushed");
  await pushRepositories(pushing, { repositories, doneFile, report: run.report });
  await relay.drain();
  await connectTestRegistry(slug, proxy.url);
  await connectTestRegistry(cleanSlug, registry.url.replace("localhost", "127.0.0.1"));
  const worker = await startWorker(options, stack, databaseUrl);
  run.onStop(worker.stop);

  report.heading(`Looking again at ${repositories.toLocaleString("en-US")} repositories`);
  await crawlByWorker(slug, "full");
  const first = proxy.take();
  report.figure("requests of the first inventory", [first.length]);
  const distinct = new Set(first.map(({ method, path }) => `${method} ${path}`));
  report.figure("requests of it that were repeated", [first.length - distinct.size]);
  await measureSweep(bench, proxy.take);
  await createIngestSecret(testContext, slug, secret);
  relay.open();
  await measureQuiet(bench, relay, proxy.take);
  await measureLostEvents(bench, { pushing, relay, take: proxy.take });

  await relay.drain();
  relay.shut();
  await worker.stop();
  await pushing.close();
  await releaseDatabase();
  await stack.drop("crawl_bench");
}

async function measureSweep({ report }: CrawlBench, take: () => Counted[]): Promise<void> {
  const before = await readRowVersions(db());
  await crawlByWorker(slug, "sweep");
  const requests = take();
  const after = await readRowVersions(db());
  const bodies = requests.filter(
    ({ method, path }) => method === "GET" && /\/(manifests|blobs)\//.test(path),
  );
  const written = Object.entries(after.inventory).filter(
    ([row, version]) => before.inventory[row] !== version,
  );
  const lost = Object.keys(before.inventory).filter((row) => after.inventory[row] === undefined);
  const registryRows = Object.entries(after.registries).filter(
    ([row, version]) => before.registries[row] !== version,
  );
  report.figure("requests of a sweep with nothing changed", [requests.length]);
  report.goal({ name: "B2 bodies asked for by that sweep", samples: [bodies.length], atMost: 0 });
  report.goal({
    name: "B2 inventory rows written by it",
    samples: [written.length + lost.length],
    atMost: 0,
  });
  report.goal({ name: "B2 registry rows written by it", samples: [registryRows.length], atMost: 1 });
}

/** A schedule of a minute that is long overdue: events hold it back, their absence lets it go. */
async function measureQuiet({ report }: CrawlBench, relay: Relay, take: () => Counted[]): Promise<void> {
  await relay.drain();
  await db()
    .$executeRaw`UPDATE sync_run SET created_at = now() - interval '1 hour', started_at = now() - interval '1 hour',
    finished_at = now() - interval '1 hour'`;
  await db().$executeRaw`UPDATE registry SET sync_every_minutes = 1, last_event_at = now(),
    last_swept_at = now() - interval '9 minutes', last_synced_at = now() - interval '9 minutes' WHERE slug = ${slug}`;
  take();
  await delay(quietSeconds * 1_000);
  report.goal({
    name: `B2 requests in ${quietSeconds} s while events flow`,
    samples: [take().length],
    atMost: 0,
  });
  relay.shut();
  await db().$executeRaw`UPDATE registry SET last_event_at = NULL WHERE slug = ${slug}`;
  for (
    let second = 0;
    second < 60 &&
    (await db().syncRun.count({ where: { kind: "sweep", state: { not: "succeeded" } } })) === 0;
    second++
  )
    await delay(250);
  while ((await db().syncRun.count({ where: { state: { in: ["queued", "running"] } } })) > 0)
    await delay(100);
  const { length } = take();
  report.note(`Without events the same schedule sweeps: ${length} requests`);
  await db().$executeRaw`UPDATE registry SET sync_every_minutes = 0`;
  await relay.drain();
  relay.open();
}

async function measureLostEvents(
  { report, options, repositories }: CrawlBench,
  parts: { pushing: RegistryClient; relay: Relay; take: () => Counted[] },
): Promise<void> {
  const { pushing, relay, take } = parts;
  const images = options.quick ? 100 : 500;
  const changes = images * 2;
  relay.startDropping();
  take();
  // As a build does: a new image under its version, and the tag that moves along.
  await forEachInLanes(images, async (index) => {
    const repository = prepareRepositoryName((index * 7) % repositories);
    for (const tag of [`v2.${index}.0`, "v1.0.0"])
      await pushSmallImage(pushing, repository, tag, `change ${index}`);
  });
  await relay.drain();
  await waitUntilApplied();
  const requests = take().length;
  report.figure("changes pushed: new images", [images]);
  report.figure("changes pushed: tags moved", [changes]);
  report.figure("requests of ours for them", [requests]);
  report.figure("events dropped on purpose", [relay.dropped()]);
  report.goal({ name: "B2 requests per change with events on", samples: [requests / changes], atMost: 1.5 });
  // Configs are known by now, which spares the clean crawl requests but no row.
  await crawlByWorker(cleanSlug, "full");
  const before = compareInventories(await dumpInventory(db(), slug), await dumpInventory(db(), cleanSlug));
  report.figure("tag rows that differ after the drop", [before.tags]);
  await crawlByWorker(slug, "sweep");
  const after = compareInventories(await dumpInventory(db(), slug), await dumpInventory(db(), cleanSlug));
  report.note(
    `The watched inventory also holds ${after.more} rows of manifests that lost their tag: history`,
  );
  report.goal({ name: "B2 tag rows that differ after the sweep", samples: [after.tags], atMost: 0 });
  report.goal({
    name: "B2 rows of a full crawl that are missing after it",
    samples: [after.missing],
    atMost: 0,
  });
}

/** Counts and sums hold what lost its tag too, and moves are history: neither is in a crawl from nothing. */
const withoutHistory = /^(tag|manifest|child|blob|config|folder) /;

function compareInventories(watched: string[], clean: string[]) {
  const have = new Set(watched.filter((line) => withoutHistory.test(line)));
  const want = new Set(clean.filter((line) => withoutHistory.test(line)));
  const missing = [...want].filter((line) => !have.has(line));
  const more = [...have].filter((line) => !want.has(line));
  const tags = [...missing, ...more].filter((line) => line.startsWith("tag ")).length;
  return { tags, missing: missing.length, more: more.filter((line) => !line.startsWith("tag ")).length };
}

async function waitUntilApplied(): Promise<void> {
  for (;;) {
    const [row] = await db().$queryRaw<{ waiting: bigint }[]>`
      SELECT (SELECT count(*) FROM registry_event WHERE applied_at IS NULL)
        + (SELECT count(*) FROM graphile_worker._private_jobs) AS waiting`;
    if (row?.waiting === 0n) return;
    await delay(200);
  }
}

interface Relay {
  url: string;
  /** From now on events reach the console; before they are taken and forgotten. */
  open(): void;
  shut(): void;
  startDropping(): void;
  dropped(): number;
  /** Waits until the registry has sent nothing for a while. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Stands between the registry and the console's door, and loses what it is told to. */
async function startRelay(): Promise<Relay> {
  let isOpen = false;
  let isDropping = false;
  let pushes = 0;
  let dropped = 0;
  let lastAt = Date.now();
  const server = createServer((request, response) => {
    lastAt = Date.now();
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces);
      if (!isOpen || (isDropping && isLost(body))) {
        response.writeHead(202).end();
        return;
      }
      void forward(door.port, request.headers.authorization ?? "", body).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(503).end(),
      );
    });
  });
  const isLost = (body: Buffer) => {
    const isPush = body.includes('"action": "push"') || body.includes('"action":"push"');
    if (!isPush || !body.includes('"tag"')) return false;
    pushes += 1;
    if (pushes % dropEvery !== 0) return false;
    dropped += 1;
    return true;
  };
  const door = await openDoor();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/api/ingest/distribution`,
    open: () => {
      isOpen = true;
    },
    shut: () => {
      isOpen = false;
    },
    startDropping: () => {
      isDropping = true;
    },
    dropped: () => dropped,
    drain: async () => {
      while (Date.now() - lastAt < 1_500) await delay(100);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      door.close();
    },
  };
}

async function forward(port: number, authorization: string, body: Buffer): Promise<number> {
  const url = `http://127.0.0.1:${port}/api/ingest/distribution`;
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization },
    body: new Uint8Array(body),
  });
  await response.body?.cancel();
  return response.status;
}

/** The console's own door for notifications, in this process. */
async function openDoor(): Promise<{ port: number; close(): void }> {
  const server = createServer((request, response) => {
    ingestDistribution.handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
