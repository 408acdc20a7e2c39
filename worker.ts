import { moveDueWindows } from "#lib/activity/store-windows";
import { alertTasks, tendAlerts } from "#lib/alerts/jobs";
import { auditTasks, chainTasks, keepAuditInView } from "#lib/audit/jobs";
import { eventTasks, queueForgottenEvents, tendEvents } from "#lib/events/jobs";
import { startClusterWatch } from "#lib/events/kubernetes/watch";
import { sendCanaries } from "#lib/events/marked-request-service";
import { foldingInBackground } from "#lib/failures/fold-in-background";
import { crawlTasks, inventoryTasks, queueDueRuns } from "#lib/inventory/jobs";
import { runWorker } from "#lib/jobs/run-worker";
import { log } from "#lib/log/log";
import { closeRegistryClients } from "#lib/registries/open-client";
import { readKeepSettings } from "#lib/settings/keep-settings";
import { readKubernetesSettings } from "#lib/settings/kubernetes-settings";
import { pruneTokenRecords } from "#lib/tokens/jobs";

const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) {
  console.error("DATABASE_URL is not set. Start the console with npm start or npm run demo.");
  process.exit(1);
}

const kubernetes = readKubernetesSettings(process.env);
const keep = readKeepSettings(process.env);
const problems = [...kubernetes.problems, ...keep.problems];
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(1);
}

// Nobody waits for an answer here, and a count over everything may take its time.
process.env.WHARFINGER_DB_SILENCE_MS ??= "180000";

const worker = await runWorker({
  databaseUrl,
  lanes: [
    { tasks: { ...inventoryTasks, ...eventTasks, ...auditTasks }, concurrency: 6 },
    { tasks: { ...crawlTasks, ...chainTasks }, concurrency: 8 },
    // A receiver that is slow to answer holds up other notices only.
    { tasks: alertTasks, concurrency: 4 },
  ],
  tick: [
    () => queueDueRuns(new Date()),
    queueForgottenEvents,
    // What only looked like a failure is judged some seconds later, though nothing new is told.
    async () => foldingInBackground.wake(),
    () => tendEvents(new Date(), keep.settings),
    () => moveDueWindows(new Date()),
    () => tendAlerts(new Date()),
    // A registry that does not answer must not hold up the rest.
    async () => void sendCanaries(new Date()).catch(() => undefined),
    () => pruneTokenRecords(new Date()),
    () => keepAuditInView(new Date()),
  ],
});
const watch = kubernetes.settings === null ? null : startClusterWatch(kubernetes.settings);
log.info("worker runs");

let closing = false;
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    if (closing) return;
    closing = true;
    setTimeout(() => process.exit(1), 15_000).unref();
    void Promise.all([worker.stop(), watch?.stop(), foldingInBackground.end()])
      .then(closeRegistryClients)
      .finally(() => process.exit(0));
  });

worker.ended.catch((error: unknown) => {
  log.error({ name: error instanceof Error ? error.name : "unknown" }, "worker ended");
  process.exit(1);
});
