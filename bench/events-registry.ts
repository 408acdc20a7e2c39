import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { findFreePort } from "../scripts/stack/ports.ts";
import { findRegistryProgram } from "../scripts/stack/registry-program.ts";
import type { Run } from "../scripts/stack/run-to-completion.ts";
import { startRegistry } from "../scripts/stack/start-registry.ts";
import { prepareRepositoryName } from "./fixtures/names.ts";
import { openPushClient, pushRepositories } from "./fixtures/push-repositories.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
import type { BenchStack } from "./harness/bench-stack.ts";
import { putUnderLoad } from "./harness/load-with-wrk.ts";
import type { Report } from "./harness/report.ts";

const secret = "bench-secret-of-a-registry-that-is-pulled-from";

/**
 * How many events a second one real registry sends while it is pulled from, to somebody who answers at once: the most
 * that arrived within any of several loads. Null where there is no registry program.
 */
export async function measureOneRegistry(
  options: BenchOptions,
  report: Report,
  stack: BenchStack,
  run: Run,
): Promise<number | null> {
  const program = await findRegistryProgram({
    home: join(options.root, ".wharfinger"),
    registryBin: process.env.REGISTRY_BIN,
    report: run.report,
  });
  if (program.kind !== "distribution") {
    report.note(`What one registry sends is measured with distribution, and this is ${program.kind}`);
    return null;
  }
  report.heading("What one registry sends, to somebody who answers at once");
  const listener = await listen();
  const home = join(options.home, "registry-that-tells");
  const { url } = await startRegistry({
    program,
    home,
    port: await findFreePort(),
    access: { kind: "logins", logins: [] },
    httpSecret: secret,
    notifications: { url: listener.url, secret },
    supervisor: stack.supervisor,
  });
  const client = openPushClient(url, { kind: "none" });
  await pushRepositories(client, { repositories: 10, doneFile: join(home, "pushed"), report: run.report });
  await client.close();
  await listener.settle();
  const seconds = options.quick ? 2 : 6;
  const arrived: number[] = [];
  const pulled: number[] = [];
  const drained: number[] = [];
  for (const connections of [1, 2, 4, 8]) {
    const before = listener.count();
    const { rate } = await putUnderLoad({
      url,
      requests: Array.from({ length: 10 }, (_, index) => ({
        path: `/v2/${prepareRepositoryName(index)}/manifests/v1.0.0`,
        headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
      })),
      connections,
      seconds,
      folder: options.home,
      wrk: true,
    });
    const atEnd = listener.count();
    arrived.push((atEnd - before) / seconds);
    pulled.push(rate);
    const beganAt = performance.now();
    await listener.settle();
    const left = listener.count() - atEnd;
    if (left > 500) drained.push(left / ((listener.lastAt() - beganAt) / 1_000));
  }
  await listener.close();
  report.figure("pulls a second, 1, 2, 4 and 8 connections", pulled, "/s");
  report.figure("events that arrived meanwhile", arrived, "/s");
  if (drained.length > 0) report.figure("what was left, once nobody pulled any more", drained, "/s");
  return Math.max(...arrived);
}

interface Listener {
  url: string;
  count(): number;
  /** When the last one came, on the clock of `performance`. */
  lastAt(): number;
  /** Waits until nothing comes for a second. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

async function listen(): Promise<Listener> {
  let count = 0;
  let lastAt = performance.now();
  const server: Server = createServer((request, response) => {
    request.resume().once("end", () => {
      count += 1;
      lastAt = performance.now();
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    count: () => count,
    lastAt: () => lastAt,
    settle: async () => {
      for (let known = -1; known !== count; ) {
        known = count;
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
