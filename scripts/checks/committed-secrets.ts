import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const keyFile = /(?:^|\/)(?:\.env(?:\..+)?|id_(?:rsa|ed25519|ecdsa)|[^/]+\.(?:key|p12|pfx|jks|kdbx))$/;
const testFile = /(?:\.test\.tsx?|\.spec\.ts)$|(?:^|\/)testing\/|^e2e\//;
const generatedFile = /(?:^|\/)package-lock\.json$/;
const biggestFileBytes = 5 * 1024 * 1024;

/** Never right in a repository, tests included; what they need they make when they run. */
const patterns: readonly [what: string, pattern: RegExp][] = [
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*(?:\\n)?\s*[A-Za-z0-9+/]{32}/],
  ["an AWS key", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b/],
  ["a GitLab token", /\bglpat-[A-Za-z0-9_-]{20,}/],
  ["a Docker Hub token", /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["a Slack token", /\bxox[abprs]-[0-9A-Za-z-]{20,}/],
  ["a Google key", /\bAIza[0-9A-Za-z_-]{35}\b/],
  ["a Stripe key", /\b[rs]k_live_[0-9A-Za-z]{20,}/],
  ["an Azure storage key", /AccountKey=[A-Za-z0-9+/]{80,}/],
];

const quotedToken = /["'`=:\s]([A-Za-z0-9+/_-]{32,}={0,2})(?=["'`\s]|$)/gm;

/** The kinds of secrets that a file seems to hold. Pure. */
export function findSecrets(path: string, text: string): string[] {
  const found = keyFile.test(path) ? ["a file that holds secrets by its name"] : [];
  for (const [what, pattern] of patterns) if (pattern.test(text)) found.push(what);
  if (found.length > 0 || testFile.test(path) || generatedFile.test(path)) return found;
  for (const [, token = ""] of text.matchAll(quotedToken))
    if (looksRandom(token)) found.push(`what looks like a token (${token.slice(0, 6)}…)`);
  return found;
}

/** All three kinds of characters, well mixed: words, paths, digests and names in camel case are not. */
function looksRandom(token: string): boolean {
  if (!/[a-z]/.test(token) || !/[A-Z]/.test(token) || (token.match(/[0-9]/g)?.length ?? 0) < 3) return false;
  const counts = new Map<string, number>();
  for (const character of token) counts.set(character, (counts.get(character) ?? 0) + 1);
  const bits = [...counts.values()].reduce((sum, count) => {
    const share = count / token.length;
    return sum - share * Math.log2(share);
  }, 0);
  return bits > 4.2 && !/[a-z]{7}/.test(token);
}

/** S1: a sentence for each tracked file that seems to hold a secret. Without a git checkout there is nothing to look at. */
export function findCommittedSecrets(root: string): { files: number; problems: string[] } {
  const listing = spawnSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8", maxBuffer: 64 << 20 });
  const paths = listing.status === 0 ? listing.stdout.split("\0").filter((path) => path !== "") : [];
  const problems: string[] = [];
  for (const path of paths) {
    const file = join(root, path);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > biggestFileBytes) continue;
    const bytes = readFileSync(file);
    const text = bytes.includes(0) ? "" : bytes.toString("utf8");
    for (const what of findSecrets(path, text)) problems.push(`${path} holds ${what}.`);
  }
  return { files: paths.length, problems };
}
