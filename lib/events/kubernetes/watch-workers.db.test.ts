import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { db } from "#lib/db/client";
import { ingestDoors } from "#lib/events/hot-door";
import { openClusterClient } from "#lib/events/kubernetes/watch-client";
import { describeWatchError } from "#lib/events/kubernetes/watch-problems";
import { removeSource, rotateSourceSecret } from "#lib/events/source-service";
import { dropLease, takeLease } from "#lib/events/store-watch";
import { createTestAuthority } from "#lib/oci/testing/certificates";
import { attachWatchedCluster, quickPace } from "#lib/testing/attach-watched-cluster";
import { testContext } from "#lib/testing/connect-test-registry";
import { FakeCluster } from "#lib/testing/fake-cluster";
import { startHotDoor } from "#lib/testing/start-hot-door";

const told = attachWatchedCluster();
const poll = { timeout: 20_000, interval: 15 };

describe("several workers", () => {
  it("one watches; another takes over when it stops", async () => {
    const first = told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    told.watch();
    told.fake.put("a", { count: 1 });
    await expect.poll(() => told.counts(), poll).toEqual({ a: 1 });
    expect(told.fake.watching).toBe(1);
    await first.stop();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    told.fake.put("a", { count: 2 });
    await expect.poll(() => told.counts(), poll).toEqual({ a: 2 });
    expect(await db().eventSource.count({ where: { cluster: told.cluster } })).toBe(1);
  });

  it("one has the lease while it renews it, and nobody else can take or drop it", async () => {
    const key = `lease of ${told.cluster}`;
    const take = (holder: string, ms = 600_000) => takeLease(db(), key, holder, ms);
    expect([await take("a"), await take("b"), await take("a")]).toEqual([true, false, true]);
    await dropLease(db(), key, "b");
    expect(await take("b")).toBe(false);
    await dropLease(db(), key, "a");
    expect([await take("b"), await take("a"), await take("b", 1)]).toEqual([true, false, true]);
    await expect.poll(() => take("a"), poll).toBe(true);
  });

  it("a dead one is followed when its lease has run out", async () => {
    const until = new Date(Date.now() + 700);
    const key = `kubernetes.watch.told/${told.cluster}`;
    await db().setting.create({ data: { key, value: { holder: "dead", until: until.toISOString() } } });
    told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    expect(Date.now()).toBeGreaterThanOrEqual(until.getTime());
  });

  it("two that watch at once count once", async () => {
    const before = await told.hourSum();
    const key = `kubernetes.watch.told/${told.cluster}`;
    // Neither looks at the lease again, as when a process stood still.
    const slow = { renewMs: 60_000 };
    told.watch(slow);
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    await db().setting.delete({ where: { key } });
    told.watch(slow);
    await expect.poll(() => told.fake.watching, poll).toBe(2);
    told.fake.put("a", { count: 1 });
    told.fake.put("a", { count: 5 });
    told.fake.put("b", { count: 1 });
    await expect.poll(() => told.counts(), poll).toEqual({ a: 5, b: 1 });
    expect((await told.hourSum()) - before).toBe(6);
  });
});

describe("the source of a watched cluster", () => {
  it("has no secret that could be guessed, and gets none", async () => {
    told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    const { id } = await told.findShown();
    await expect(rotateSourceSecret(testContext, id)).rejects.toThrow("there is no secret");
    const door = ingestDoors.find(({ definition }) => definition.path === "/api/ingest/kubernetes");
    if (!door) throw new Error("There is no door for Kubernetes.");
    const served = await startHotDoor(door);
    for (const authorization of ["", "Bearer null", "Bearer undefined", "Basic Og==", "Basic OjA="]) {
      const response = await fetch(served.url, { method: "POST", headers: { authorization }, body: "{}" });
      expect(response.status).toBe(401);
    }
    await served.close();
  });

  it("can be ended, and the watch ends with it until the worker starts again", async () => {
    told.fake.put("a", { count: 1 });
    const first = told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    const { id } = await told.findShown();
    await removeSource({ ...testContext, now: new Date() }, id);
    told.fake.put("b", { count: 1 });
    await expect.poll(() => told.fake.watching, poll).toBe(0);
    expect(await told.counts()).toEqual({ a: 1 });
    expect(await db().eventSource.count({ where: { cluster: told.cluster, endedAt: null } })).toBe(0);
    await first.stop();
    told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    expect((await told.findShown()).id).not.toBe(id);
  });
});

describe("the kubeconfig", () => {
  it("O10: tells what is wrong with it without a word of it", async () => {
    const wrongs = [
      ["no-such-file", null, null, "There is no kubeconfig at this path."],
      ["broken", `users: [\n  token: ${"canary"}: }`, null, "The kubeconfig cannot be read."],
      ["empty", "{}", null, "The kubeconfig names no cluster for its current context."],
      ["context", told.fake.kubeconfig, "other", "The kubeconfig has no context of this name."],
    ] as const;
    for (const [name, text, context, problem] of wrongs) {
      const path = join(told.folder, name);
      if (text !== null) writeFileSync(path, text);
      const error = await openClusterClient({ config: path, context }, quickPace).catch(
        (caught: unknown) => caught,
      );
      expect(describeWatchError(error)).toBe(problem);
    }
  });

  it("O8: says whom to trust; nobody else gets the token", async () => {
    const [authority, stranger] = [createTestAuthority(), createTestAuthority()];
    const secure = await FakeCluster.start({ ...authority.issue("IP:127.0.0.1"), ca: authority.caPem });
    const inBase64 = ({ caPem }: { caPem: string }) => Buffer.from(caPem).toString("base64");
    writeFileSync(told.config, secure.kubeconfig.replace(inBase64(authority), inBase64(stranger)));
    secure.put("a", { count: 1 });
    const watch = told.watch();
    try {
      await expect
        .poll(async () => (await told.findShown().catch(() => null))?.lastProblem?.text, poll)
        .toMatch(/^The cluster cannot be reached \([A-Z_]*(?:CERT|VERIFY|SIGNATURE)[A-Z_]*\)\.$/);
      expect(secure.requests).toHaveLength(0);
      writeFileSync(told.config, secure.kubeconfig);
      await expect.poll(() => told.counts(), poll).toEqual({ a: 1 });
    } finally {
      await watch.stop();
      await secure.stop();
    }
  });

  it("is read again, so that a new token is taken", async () => {
    told.fake.put("a", { count: 1 });
    writeFileSync(told.config, told.fake.kubeconfig.replace(told.fake.token, "expired"));
    told.watch();
    await expect
      .poll(async () => (await told.findShown().catch(() => null))?.lastProblem?.text, poll)
      .toBe("The cluster does not know the account: its token may have expired (401).");
    writeFileSync(told.config, told.fake.kubeconfig);
    await expect.poll(() => told.counts(), poll).toEqual({ a: 1 });
  });
});

describe("a worker", () => {
  it("watches, closes the watch at SIGTERM, and writes no token into its log", async () => {
    told.fake.refuseWith = 500;
    const worker = spawn(process.execPath, [join(import.meta.dirname, "../../../worker.ts")], {
      env: {
        ...process.env,
        WHARFINGER_LOG_LEVEL: "debug",
        WHARFINGER_KUBERNETES: told.config,
        WHARFINGER_KUBERNETES_CONTEXT: "main",
        WHARFINGER_KUBERNETES_REGISTRY: "told",
        WHARFINGER_KUBERNETES_CLUSTER: told.cluster,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [worker.stdout, worker.stderr])
      stream.on("data", (piece: Buffer) => {
        output += piece.toString();
      });
    try {
      await expect.poll(() => output, { timeout: 40_000 }).toContain("The cluster answered 500.");
      told.fake.refuseWith = null;
      told.fake.put("a", { count: 1 });
      await expect.poll(() => told.fake.watching, poll).toBe(1);
      await expect.poll(() => told.counts(), poll).toEqual({ a: 1 });
      const exit = once(worker, "exit");
      worker.kill("SIGTERM");
      expect((await exit)[0]).toBe(0);
      await expect.poll(() => told.fake.watching, poll).toBe(0);
      expect(await db().setting.count({ where: { key: `kubernetes.watch.told/${told.cluster}` } })).toBe(0);
      expect(output).not.toContain(told.fake.token);
    } finally {
      worker.kill("SIGKILL");
    }
  });

  it("says what is wrong with its settings, and ends", async () => {
    const worker = spawn(process.execPath, [join(import.meta.dirname, "../../../worker.ts")], {
      env: { ...process.env, WHARFINGER_KUBERNETES: told.config, WHARFINGER_KUBERNETES_REGISTRY: "told" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let output = "";
    worker.stderr.on("data", (piece: Buffer) => {
      output += piece.toString();
    });
    const [code] = await once(worker, "close");
    expect([code, output]).toEqual([
      1,
      "WHARFINGER_KUBERNETES_CLUSTER must be a name for the cluster, of at most 80 characters.\n",
    ]);
  });
});
