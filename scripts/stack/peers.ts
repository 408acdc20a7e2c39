import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** A program of somebody else that the tests try the console against, built from source where Go is. */
export interface Peer {
  /** The name of its program, in the cache and on the PATH. */
  name: PeerName;
  /** What people call it: the name that a skipped test carries. */
  title: string;
  /** Null for what the project does not fetch: a person brings it. */
  source: { module: string; version: string } | null;
}

export type PeerName = "registry3" | "crane" | "oras" | "zot";

export const peers: readonly Peer[] = [
  {
    name: "registry3",
    title: "distribution 3",
    source: { module: "github.com/distribution/distribution/v3/cmd/registry", version: "v3.1.2" },
  },
  {
    name: "crane",
    title: "crane",
    source: { module: "github.com/google/go-containerregistry/cmd/crane", version: "v0.22.1" },
  },
  { name: "oras", title: "oras", source: { module: "oras.land/oras/cmd/oras", version: "v1.3.6" } },
  { name: "zot", title: "zot", source: null },
];

/** The folder of built peers, outside of any clone: <cache>/<name>/<version>/<name>. */
export function peerCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "wharfinger", "peers");
}

/** Where the build of a peer lies, or will. */
export function peerCachePath(peer: Peer, env: NodeJS.ProcessEnv = process.env): string {
  return join(peerCacheFolder(env), peer.name, peer.source?.version ?? "none", peer.name);
}

/** The program of a peer: the one named by <NAME>_BIN, else a build of `npm run peers`, else one on the PATH. */
export function findPeer(name: PeerName, env: NodeJS.ProcessEnv = process.env): string | null {
  const named = env[`${name.toUpperCase()}_BIN`];
  if (named) return isProgram(named) ? named : null;
  const peer = peers.find((one) => one.name === name);
  const built = peer?.source ? peerCachePath(peer, env) : null;
  return built && isProgram(built) ? built : findOnPath(name, env);
}

/** Why the tests of a peer are skipped here; it belongs into their names. */
export function describeMissingPeer(name: PeerName): string {
  const peer = peers.find((one) => one.name === name);
  const title = peer?.title ?? name;
  if (peer?.source) return `${title} is not on this machine (needs Go: npm run peers):`;
  return `${title} is not on this machine (${name.toUpperCase()}_BIN names one):`;
}

function findOnPath(name: string, env: NodeJS.ProcessEnv): string | null {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (folder === "" || folder.includes("node_modules")) continue;
    const path = join(folder, name);
    if (isProgram(path)) return path;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
