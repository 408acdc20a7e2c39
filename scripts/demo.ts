// The console with a sample fleet in a real registry: npm run demo
import { fillDemo } from "./fleet/fill-demo.ts";
import { runToCompletion } from "./stack/run-to-completion.ts";
import { startWharfinger } from "./stack/start-wharfinger.ts";

await runToCompletion(async (run) => {
  const wharfinger = await startWharfinger(run, "demo-ready");
  await wharfinger.supervisor.until(fillDemo(wharfinger, run));
  wharfinger.printSignIn();
  run.report("Ready. Ctrl-C stops everything; the data stays.");
  await wharfinger.supervisor.died;
});
