import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { StartFault } from "./start-fault.ts";

/** How to run the Postgres programs: they refuse to run as root. */
export interface PostgresAccount {
  uid?: number;
  gid?: number;
  /** Wraps a command so that it runs as that account. */
  wrap(command: string, args: string[]): { command: string; args: string[]; uid?: number; gid?: number };
}

function findAccount(matches: (name: string, uid: number) => boolean): { uid: number; gid: number } | null {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (name && uid && gid && matches(name, Number(uid))) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/**
 * The account for a data folder: ourselves, or when we are root its owner, else `postgres`, else `nobody`. Where
 * that account cannot reach our folders (a clone under /root), it gets the one capability to do so.
 */
export function choosePostgresAccount(dataFolder: string, binary: string): PostgresAccount {
  if (process.getuid?.() !== 0) return { wrap: (command, args) => ({ command, args }) };

  const owner = statSync(dataFolder, { throwIfNoEntry: false })?.uid ?? 0;
  const account =
    (owner !== 0 ? findAccount((_, uid) => uid === owner) : null) ??
    findAccount((name) => name === "postgres") ??
    findAccount((name) => name === "nobody");
  if (!account) {
    throw new StartFault(
      "Postgres does not run as root and there is no account postgres or nobody: start as another user, or set DATABASE_URL.",
    );
  }
  const { uid, gid } = account;
  const probe = spawnSync(binary, ["--version"], { uid, gid });
  const reach = spawnSync("/bin/sh", ["-c", 'test -x "$0"', dataFolder], { uid, gid, cwd: "/" });
  if (probe.status === 0 && reach.status === 0) {
    return { uid, gid, wrap: (command, args) => ({ command, args, uid, gid }) };
  }
  const capability = "+dac_override";
  const flags = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  const caps = [`--inh-caps=${capability}`, `--ambient-caps=${capability}`];
  const wrapped = spawnSync("setpriv", [...flags, ...caps, binary, "--version"], { cwd: "/" });
  if (wrapped.status !== 0) {
    throw new StartFault(
      "Postgres does not run as root, and no other account can reach this folder: start as another user, or set WHARFINGER_HOME and the clone where all users may read.",
    );
  }
  return {
    uid,
    gid,
    wrap: (command, args) => ({ command: "setpriv", args: [...flags, ...caps, command, ...args] }),
  };
}
