import { explainFullDisk } from "./disk-space.ts";
import { messageOf, StartFault } from "./start-fault.ts";

export interface Run {
  /** Prints one short progress line. */
  report(line: string): void;
  /** Resolves when somebody asks to stop: Ctrl-C, SIGTERM, SIGHUP, or the death of the process that started us. */
  stopped: Promise<void>;
  /** What to do at the end, however it comes; the last one given is done first. */
  onStop(action: () => void | Promise<void>): void;
}

class Stopped extends Error {}

/**
 * Runs a command of ours from start to end: stops in order when asked to, tells a fault in one sentence, and leaves
 * with the right code. Work under way is dropped when somebody asks to stop.
 */
export async function runToCompletion(work: (run: Run) => Promise<void>): Promise<void> {
  const actions: (() => void | Promise<void>)[] = [];
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // The launcher keeps a channel open; when it is gone, so is whoever wanted us.
  if (process.channel) {
    process.once("disconnect", stop);
    process.channel.unref();
  }
  const report = (line: string) => console.log(line);
  const isStopped = stopped.then(() => {
    throw new Stopped();
  });
  isStopped.catch(() => {});

  let code = 0;
  try {
    const run = work({ report, stopped, onStop: (action) => actions.unshift(action) });
    run.catch(() => {});
    await Promise.race([run, isStopped]);
  } catch (error) {
    if (!(error instanceof Stopped)) {
      code = 1;
      const sentence = explainFullDisk(error, process.env.WHARFINGER_HOME ?? ".wharfinger");
      if (sentence) console.error(sentence);
      else if (error instanceof StartFault) console.error(error.message);
      else console.error(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
    }
  }
  for (const action of actions) {
    try {
      await action();
    } catch (error) {
      console.error(messageOf(error));
      code = 1;
    }
  }
  process.exit(code || process.exitCode);
}
