import { spawn } from "node:child_process";
import { openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import bcrypt from "bcryptjs";
import { exportPKCS8 } from "jose";
import { findFreePort } from "../scripts/stack/ports.ts";
import type { Run } from "../scripts/stack/run-to-completion.ts";
import { prepareTokenRequests, secretOf } from "./fixtures/seed-access.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
import type { LoadRequest } from "./harness/load-with-wrk.ts";

/**
 * cesanta/docker_auth, where DOCKER_AUTH_BIN names it, with the same robots and grants: its users have bcrypt of the
 * lowest cost, its grants stand in the list that it goes through.
 */
export async function loadDockerAuth(
  options: BenchOptions,
  run: Run,
  size: { principals: number; grantsEach: number },
): Promise<{ url: string; requests: LoadRequest[] } | null> {
  const program = process.env.DOCKER_AUTH_BIN;
  if (!program) return null;
  // It would take bcrypt minutes to hash thousands: a hundred of the robots are asked for.
  const asked = Math.min(100, size.principals);
  const port = await findFreePort();
  const folder = options.home;
  const { keyFile, certificateFile } = await writeKey(folder);
  const users = Array.from({ length: asked }, (_, index) => {
    const hash = bcrypt.hashSync(secretOf(index + 1), 4).replace(/^\$2b\$/, "$2y$");
    return `  "bench-${index + 1}": { password: "${hash}" }`;
  });
  const grants = Array.from({ length: size.principals }, (_, index) =>
    Array.from(
      { length: size.grantsEach },
      (_, n) =>
        `  - { match: { account: "bench-${index + 1}", name: "team-${index + 1}/r${n + 1}/*" }, actions: ["pull", "push"] }`,
    ),
  ).flat();
  const config = [
    `server: { addr: "127.0.0.1:${port}" }`,
    `token: { issuer: "bench", expiration: 300, certificate: "${certificateFile}", key: "${keyFile}" }`,
    "users:",
    ...users,
    "acl:",
    ...grants,
  ];
  const configFile = join(folder, "docker-auth.yml");
  writeFileSync(configFile, `${config.join("\n")}\n`);
  const log = openSync(join(folder, "docker-auth.log"), "w");
  const child = spawn(program, [configFile], { stdio: ["ignore", log, log] });
  run.onStop(() => void child.kill());
  const url = `http://127.0.0.1:${port}`;
  for (let look = 0; ; look++) {
    if (child.exitCode !== null || look > 300)
      throw new Error("docker_auth does not come up: see docker-auth.log.");
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      break;
    await delay(100);
  }
  return { url, requests: prepareTokenRequests(asked) };
}

/** An RSA key of 2048 bits with its certificate, as its own example has it. */
async function writeKey(folder: string): Promise<{ keyFile: string; certificateFile: string }> {
  await import("reflect-metadata");
  const { X509CertificateGenerator } = await import("@peculiar/x509");
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ["bench"] }],
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
    keys,
  });
  const keyFile = join(folder, "docker-auth.key");
  const certificateFile = join(folder, "docker-auth.pem");
  writeFileSync(keyFile, await exportPKCS8(keys.privateKey), { mode: 0o600 });
  writeFileSync(certificateFile, certificate.toString("pem"));
  return { keyFile, certificateFile };
}
