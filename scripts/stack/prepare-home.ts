import { mkdirSync } from "node:fs";
import { requireDiskSpace } from "./disk-space.ts";
import { PidFiles } from "./pid-files.ts";
import type { Run } from "./run-to-completion.ts";
import { codeOf, messageOf, StartFault } from "./start-fault.ts";
import { Supervisor } from "./supervisor.ts";

/** Takes a home folder for one start: locked, free of what a killed start left behind, with room to write. */
export async function prepareHome(home: string, run: Run): Promise<Supervisor> {
  try {
    mkdirSync(home, { recursive: true });
  } catch (error) {
    throw new StartFault(
      `The folder ${home} (WHARFINGER_HOME) cannot be made (${codeOf(error) || messageOf(error)}): choose one that you may write to.`,
    );
  }
  await requireDiskSpace(home);
  const pidFiles = openPidFiles(home);
  await pidFiles.lock();
  run.onStop(() => pidFiles.unlock());
  const supervisor = new Supervisor(home, pidFiles, run.report);
  run.onStop(() => {
    pidFiles.markStopping();
    return supervisor.stop(run.report);
  });
  const orphans = await pidFiles.stopOrphans();
  if (orphans.length > 0) run.report(`Stopped what a killed start left running: ${orphans.join(", ")}`);
  return supervisor;
}

function openPidFiles(home: string): PidFiles {
  try {
    return new PidFiles(home);
  } catch (error) {
    throw new StartFault(
      `The folder ${home} (WHARFINGER_HOME) cannot be written to (${codeOf(error) || messageOf(error)}).`,
    );
  }
}
