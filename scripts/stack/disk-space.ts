import { statfs } from "node:fs/promises";
import { codeOf, StartFault } from "./start-fault.ts";

const neededBytes = 200 * 1024 * 1024;
/** Postgres makes its log of changes in pieces of 16 MiB. */
const workingBytes = 32 * 1024 * 1024;

/** Refuses to start where Postgres and the registry would soon fail to write. */
export async function requireDiskSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  throw new StartFault(
    `The disk of ${folder} has only ${Math.floor(freeBytes / 1024 / 1024)} MiB free: make at least 200 MiB room, or point WHARFINGER_HOME at another disk.`,
  );
}

/** Whether what runs from a folder can write there. */
export async function hasDiskSpace(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= workingBytes;
  } catch {
    return true;
  }
}

/** The sentence for a full disk, or null when the error is about something else. */
export function explainFullDisk(error: unknown, folder: string): string | null {
  const code = codeOf(error);
  if (code !== "ENOSPC" && code !== "EDQUOT") return null;
  return `The disk of ${folder} is full: make room, or point WHARFINGER_HOME at another disk.`;
}
