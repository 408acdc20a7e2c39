import { copyFileSync, existsSync, renameSync, rmSync, statSync, truncateSync } from "node:fs";

const maxBytes = 5 * 1024 * 1024;
const kept = 2;

/**
 * Puts a log that has grown long aside as `<path>.1` and begins it anew; the two before it are kept. Whoever writes
 * it goes on writing to the same file, so the content is copied.
 */
export function rotateLog(path: string, limitBytes = maxBytes): void {
  try {
    if (!existsSync(path) || statSync(path).size <= limitBytes) return;
    for (let number = kept; number > 1; number--)
      if (existsSync(`${path}.${number - 1}`)) renameSync(`${path}.${number - 1}`, `${path}.${number}`);
    copyFileSync(path, `${path}.1`);
  } catch {
    // On a full disk the lines are what there is to give up.
    rmSync(`${path}.1`, { force: true });
  }
  truncate(path);
}

function truncate(path: string): void {
  try {
    truncateSync(path);
  } catch {
    // It was not there.
  }
}
