// The console without samples: npm start
import { runToCompletion } from "./stack/run-to-completion.ts";
import { startWharfinger } from "./stack/start-wharfinger.ts";

await runToCompletion(async (run) => {
  const { supervisor, printSignIn } = await startWharfinger(run, null);
  printSignIn();
  run.report("Ready. Ctrl-C stops everything.");
  await supervisor.died;
});
