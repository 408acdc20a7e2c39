// Builds the programs of others that the tests try the console against, at pinned versions and outside the clone:
// npm run peers. It needs Go; nothing else of the project does. What cannot be built is named, and its tests are skipped.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findPeer, type Peer, peerCacheFolder, peerCachePath, peers } from "./stack/peers.ts";
import { type Run, runToCompletion } from "./stack/run-to-completion.ts";
import { messageOf } from "./stack/start-fault.ts";

const oldestGo = [1, 24] as const;
const buildTimeoutMs = 20 * 60_000;

await runToCompletion(async (run) => {
  const goFault = findGoFault();
  for (const peer of peers) {
    const found = findPeer(peer.name);
    const reason = found
      ? null
      : peer.source
        ? (goFault ?? (await build(peer, run)))
        : "it is not built here";
    run.report(
      reason === null
        ? `ok       ${peer.title}: ${found ?? peerCachePath(peer)}`
        : `skipped: ${peer.title} (${reason})`,
    );
  }
});

/** Why nothing can be built, or null. */
function findGoFault(): string | null {
  const run = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  if (run.error) return "Go is not on the PATH";
  const [major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(run.stdout) ?? []).slice(1).map(Number);
  if (major > oldestGo[0] || (major === oldestGo[0] && minor >= oldestGo[1])) return null;
  return `Go ${oldestGo.join(".")} or later is needed, not ${run.stdout.trim() || "an unknown version"}`;
}

/** Builds one peer and puts it in place whole; returns why it could not be. */
async function build(peer: Peer, run: Run): Promise<string | null> {
  const { source } = peer;
  if (!source) return "it is not built here";
  run.report(`         Building ${peer.title} ${source.version}, which may take two minutes`);
  let folder: string | null = null;
  try {
    mkdirSync(peerCacheFolder(), { recursive: true });
    folder = mkdtempSync(join(peerCacheFolder(), ".build-"));
    await goInstall(`${source.module}@${source.version}`, folder, run);
    const [program] = readdirSync(folder);
    if (program !== basename(source.module)) return "go install left no program";
    const path = peerCachePath(peer);
    mkdirSync(dirname(path), { recursive: true });
    renameSync(join(folder, program), path);
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}

async function goInstall(target: string, folder: string, run: Run): Promise<void> {
  const child = spawn("go", ["install", "-trimpath", "-ldflags=-s -w", target], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0" },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: buildTimeoutMs,
  });
  run.onStop(() => {
    child.kill("SIGTERM");
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      const lines = errors
        .split("\n")
        .filter((line) => line.trim() !== "" && !line.startsWith("go: downloading"));
      reject(new Error(lines.at(-1)?.trim() ?? "go install was ended"));
    });
  });
}
