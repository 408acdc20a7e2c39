import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getFailure, listFailures } from "#lib/failures/incident-service";
import { listFailuresQuery } from "#lib/failures/schema-incidents";
import type { RegistryClient } from "#lib/oci/client";
import { digestOf } from "#lib/oci/digest";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { testContext } from "#lib/testing/connect-test-registry";
import { type Containerd, findContainerd, startContainerd } from "#lib/testing/containerd";
import { createRobot, giveGrant, type TestRobot } from "#lib/testing/enforced-registry";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { createKubernetesEvent } from "#lib/testing/kubernetes-event";
import { pushImage, pushIndex } from "#lib/testing/push-content";
import { isSkopeoHere, noSkopeo, Skopeo } from "#lib/testing/skopeo";
import { openTokenConsole, type TokenConsole } from "#lib/testing/token-console";
import { startToldRegistry, type ToldRegistry } from "#lib/testing/told-registry";
import { type WrittenImage, writeOciLayout } from "#lib/testing/write-oci-layout";

const { db } = attachTestDatabase();
const skopeo = new Skopeo();
let doors: TokenConsole;
let registry: ToldRegistry;
let folder: string;
let image: WrittenImage;
let admin: TestRobot;

beforeAll(async () => {
  doors = await openTokenConsole();
  folder = await mkdtemp(join(tmpdir(), "wharfinger-ledger-"));
  image = await writeOciLayout(folder, "ledger");
  registry = await startToldRegistry("ledger", doors.url);
  admin = await createRobot("stocker", [{ registry: "ledger", pattern: "**", actions: ["push", "delete"] }]);
});
afterAll(async () => {
  skopeo.close();
  await registry.stop();
  await doors.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (repository: string, tag = "v1") => `${registry.host}/${repository}:${tag}`;
const reader = (word: string, pattern: string) =>
  createRobot(word, [{ registry: "ledger", pattern, actions: ["pull"] }]);

async function list(repository: string) {
  await registry.settle();
  return (await listFailures(testContext, listFailuresQuery.parse({ repository }))).items;
}

/** The one incident of a repository, with what to do; more than one, or none, is a failure of the test. */
async function findOnly(repository: string) {
  const items = await list(repository);
  expect(items.map(({ cause, subject, count }) => ({ cause, subject, count }))).toHaveLength(1);
  return getFailure(testContext, items[0]?.id ?? "");
}

async function push(repository: string, tag = "v1"): Promise<void> {
  expect(await skopeo.push(image.place, at(repository, tag), admin)).toMatchObject({ ok: true });
}

describe.skipIf(!isSkopeoHere)(isSkopeoHere ? "failing pulls of skopeo" : noSkopeo, () => {
  it("without a grant: no-grant, with the missing grant one click away; a pull with it recovers", async () => {
    await push("one/grant");
    const robot = await createRobot("ungranted");
    expect((await skopeo.pull(at("one/grant"), robot)).ok).toBe(false);
    const found = await findOnly("one/grant");
    expect(found).toMatchObject({
      cause: "no-grant",
      state: "open",
      reference: "v1",
      subject: { kind: "principal", name: robot.reference },
      principal: robot.reference,
    });
    expect(found.agents.join()).toContain("skopeo");
    const { href } = found.nextSteps[0] ?? {};
    expect(decodeURIComponent(href ?? "")).toMatch(
      new RegExp(`^/access/.*${robot.reference}.*one/grant|^/access/.*one/grant.*${robot.reference}`),
    );
    await giveGrant(robot.reference, { registry: "ledger", pattern: "one/grant", actions: ["pull"] });
    expect((await skopeo.pull(at("one/grant"), robot)).ok).toBe(true);
    expect(await findOnly("one/grant")).toMatchObject({ id: found.id, state: "recovered" });
  });

  it("with a wrong secret: wrong-credentials, and the page where a new one is made", async () => {
    await push("two/secret");
    const robot = await reader("mistyped", "two/*");
    expect((await skopeo.pull(at("two/secret"), { ...robot, password: `${robot.password}x` })).ok).toBe(
      false,
    );
    const found = await findOnly("two/secret");
    expect(found).toMatchObject({ cause: "wrong-credentials", state: "open" });
    expect(found.nextSteps[0]?.href).toBe(`/access/principals/${robot.id}`);
    expect((await skopeo.pull(at("two/secret"), robot)).ok).toBe(true);
    expect(await findOnly("two/secret")).toMatchObject({ id: found.id, state: "recovered" });
  });

  it("not signed in: not-signed-in, by the program and its address", async () => {
    await push("three/closed");
    expect((await skopeo.pull(at("three/closed"), null)).ok).toBe(false);
    const found = await findOnly("three/closed");
    expect(found).toMatchObject({
      cause: "not-signed-in",
      state: "open",
      subject: { kind: "client" },
      principal: null,
    });
    expect(found.subject.name).toContain("skopeo");
    expect(found.nextSteps[0]?.href).toContain("/access/");
    await giveGrant("everyone", { registry: "ledger", pattern: "three/*", actions: ["pull"] });
    expect((await skopeo.pull(at("three/closed"), null)).ok).toBe(true);
    expect(await findOnly("three/closed")).toMatchObject({ id: found.id, state: "recovered" });
  });

  it("a tag that never was: tag-never-existed, with the nearest one; pushed and pulled it recovers", async () => {
    await push("four/tags", "v1.0.0");
    const robot = await reader("hopeful", "four/*");
    expect((await skopeo.pull(at("four/tags", "v1.0.1"), robot)).ok).toBe(false);
    const found = await findOnly("four/tags");
    expect(found).toMatchObject({
      cause: "tag-never-existed",
      count: 1,
      reference: "v1.0.1",
      principal: robot.reference,
    });
    expect(found.nextSteps[0]).toEqual({
      text: "Did you mean v1.0.0?",
      href: "/images/ledger/four/tags:v1.0.0",
    });
    await push("four/tags", "v1.0.1");
    expect((await skopeo.pull(at("four/tags", "v1.0.1"), robot)).ok).toBe(true);
    expect(await findOnly("four/tags")).toMatchObject({
      id: found.id,
      cause: "tag-never-existed",
      state: "recovered",
    });
  });

  it("a deleted tag: tag-deleted, by whom, and its history", async () => {
    await push("five/gone");
    const robot = await reader("late", "five/*");
    expect((await skopeo.pull(at("five/gone"), robot)).ok).toBe(true);
    expect((await skopeo.delete(at("five/gone"), admin)).ok).toBe(true);
    await registry.settle();
    expect((await skopeo.pull(at("five/gone"), robot)).ok).toBe(false);
    const found = await findOnly("five/gone");
    expect(found).toMatchObject({ cause: "tag-deleted", count: 1, principal: robot.reference });
    expect(found.explanation).toContain(admin.reference);
    expect(found.nextSteps[0]?.href).toBe("/images/ledger/five/gone:v1");
    await push("five/gone");
    expect((await skopeo.pull(at("five/gone"), robot)).ok).toBe(true);
    expect(await findOnly("five/gone")).toMatchObject({
      id: found.id,
      cause: "tag-deleted",
      state: "recovered",
    });
  });

  it("a digest that does not exist: not-found, with what stands there", async () => {
    await push("six/digest");
    const robot = await reader("exact", "six/*");
    const missing = digestOf("nothing");
    expect((await skopeo.pull(`${registry.host}/six/digest@${missing}`, robot)).ok).toBe(false);
    const found = await findOnly("six/digest");
    expect(found).toMatchObject({ cause: "not-found", count: 1, reference: missing });
    expect(found.nextSteps[0]?.href).toBe("/images/ledger/six/digest");
  });

  it("a platform that is not there: the client's own words, told by a kubelet, are no-platform", async () => {
    const client = createClient();
    const amd = await pushImage(client, "seven/platform", null, { layers: ["amd"] });
    await pushIndex(client, "seven/platform", "v1", [amd]);
    await client.close();
    const robot = await reader("mainframe", "seven/*");
    const failed = await skopeo.run(
      ...["--override-arch=s390x", "copy", "--src-tls-verify=false"],
      ...[`--src-creds=${robot.user}:${robot.password}`, `docker://${at("seven/platform")}`],
      `dir:${folder}/never`,
    );
    expect(failed.ok).toBe(false);
    await registry.postEvents(
      createKubernetesEvent({
        message: `Failed to pull image "${at("seven/platform")}": ${failed.stderr}`,
        firstTimestamp: new Date().toISOString(),
        lastTimestamp: new Date().toISOString(),
        count: 1,
      }),
    );
    const found = await findOnly("seven/platform");
    expect(found).toMatchObject({ cause: "no-platform", count: 1, subject: { kind: "workload" } });
    expect(found.explanation).toContain("linux/amd64");
    expect(found.nextSteps[0]?.href).toBe("/images/ledger/seven/platform:v1");
  });
});

function createClient(userAgent = "crane/0.20", login: TestRobot = admin): RegistryClient {
  return createTestClient(registry.url, {
    userAgent,
    pinnedRealm: `${doors.url}/api/token`,
    credentials: { kind: "basic", username: login.user, password: login.password },
    timeouts: { headersMs: 20_000, idleMs: 20_000, deadlineMs: 20_000 },
  });
}

const runtime = findContainerd();
const hasCtr = "folder" in runtime && isSkopeoHere;
describe.skipIf(!hasCtr)(hasCtr ? "failing pulls of containerd" : "ctr or skopeo is missing:", () => {
  let containerd: Containerd;
  beforeAll(async () => {
    if ("folder" in runtime) containerd = await startContainerd(runtime.folder);
  });
  afterAll(() => containerd.stop());
  const pull = (login: TestRobot, what: string) =>
    containerd.ctr(["content", "fetch", "--plain-http", "--user", `${login.user}:${login.password}`, what]);

  it.each([
    ["no-grant", "without a grant"],
    ["wrong-credentials", "with a wrong secret"],
    ["tag-never-existed", "of a tag that never was"],
  ])("%s: a pull %s is one incident, and a success ends it", async (cause) => {
    const repository = `node/${cause}`;
    await push(repository);
    const robot = await createRobot("node");
    if (cause !== "no-grant")
      await giveGrant(robot.reference, { registry: "ledger", pattern: "node/*", actions: ["pull"] });
    const login = cause === "wrong-credentials" ? { ...robot, password: `${robot.password}x` } : robot;
    const tag = cause === "tag-never-existed" ? "v9" : "v1";
    await expect(pull(login, at(repository, tag))).rejects.toThrow();
    const found = await findOnly(repository);
    expect(found).toMatchObject({ cause, state: "open" });
    expect(found.agents.join()).toContain("containerd");
    if (cause === "no-grant")
      await giveGrant(robot.reference, { registry: "ledger", pattern: "node/*", actions: ["pull"] });
    if (cause === "tag-never-existed") await push(repository, tag);
    await pull(robot, at(repository, tag));
    expect(await findOnly(repository)).toMatchObject({ id: found.id, cause, state: "recovered" });
  });

  it("one deployment that fails on 40 nodes for an hour is one row, two are two", async () => {
    await push("fleet/api");
    const robot = await reader("fleet", "fleet/*");
    const failed = await pull(robot, at("fleet/api", "v404")).then(
      () => "",
      (error: Error) => error.message,
    );
    const said = failed.split("\n").find((line) => line.startsWith("ctr: ")) ?? "";
    expect(said).toContain("not found");
    const begin = Date.now() - 3_600_000;
    const told = ["api", "web"].map((name) => tellOfDeployment(name, said.slice(5), begin));
    await registry.postEvents(...shuffle([...(told[0] ?? []), ...(told[0] ?? [])]));
    expect(await list("fleet/api")).toMatchObject([
      { workload: "Deployment/api", cause: "tag-never-existed", state: "open" },
    ]);
    // Late, doubled, and the other deployment between them.
    await registry.postEvents(...shuffle([...(told[0] ?? []).slice(0, 50), ...(told[1] ?? [])]));
    const items = await list("fleet/api");
    expect(items.map(({ workload }) => workload).sort()).toEqual(["Deployment/api", "Deployment/web"]);
    const [{ nodes, count } = { nodes: [], count: 0 }] = items.filter(
      ({ workload }) => workload === "Deployment/api",
    );
    expect(nodes).toHaveLength(40);
    expect(count).toBe(40 * 12);
  });
});

/** What 40 kubelets say over an hour: each its failure and its back-off, with counts that grow. */
function tellOfDeployment(name: string, said: string, begin: number): object[] {
  const image = at("fleet/api", "v404");
  return Array.from({ length: 40 }, (_, node) => {
    const pod = `${name}-7d9c8b6f5d-${"bcdfghjklmnpqrstvwxz".charAt(node % 20)}${node % 7}x2z`;
    const of = (reason: string, count: number, share: number, message: string, number: number) =>
      createKubernetesEvent({
        metadata: { name: `${pod}.${number}`, namespace: "shop", uid: `${name}-${node}-${number}` },
        involvedObject: { kind: "Pod", namespace: "shop", name: pod, uid: `${name}-${node}` },
        reason,
        message,
        source: { component: "kubelet", host: `node-${node}` },
        firstTimestamp: new Date(begin + node * 1_000).toISOString(),
        lastTimestamp: new Date(begin + node * 1_000 + share * 3_500_000).toISOString(),
        count,
      });
    return [
      ...[1, 5, 12].map((count) =>
        of("Failed", count, count / 12, `Failed to pull image "${image}": ${said}`, 1),
      ),
      ...[2, 30].map((count) => of("BackOff", count, count / 30, `Back-off pulling image "${image}"`, 2)),
    ];
  }).flat();
}

function shuffle<T>(list: readonly T[]): T[] {
  return list
    .map((item, index) => ({ item, place: digestOf(`${index}`) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ item }) => item);
}

describe("ordinary traffic", () => {
  const count = fuzzRuns(60, 1_000);
  it(`${count} pushes and pulls make no incident`, async () => {
    const before = await db().incident.count();
    const robot = await reader("ordinary", "plain/**");
    const pusher = createClient("docker/27.1 go/1.22", admin);
    const puller = createClient("containerd/1.7.2", robot);
    try {
      for (let number = 0; number < count; number += 2) {
        const repository = `plain/app-${number % 20}`;
        // As clients do before they push: is it there already?
        await pusher.findManifestHead(repository, `v${number}`);
        const pushed = await pushImage(pusher, repository, `v${number}`, { layers: ["base", `${number}`] });
        await puller.findManifestHead(repository, `v${number}`);
        await puller.getManifest(repository, pushed.digest);
        await puller.listReferrers(repository, pushed.digest);
        if (number % 10 === 0 && isSkopeoHere) {
          const other = at(repository, `s${number}`);
          expect((await skopeo.push(image.place, other, admin)).ok).toBe(true);
          expect((await skopeo.pull(other, robot)).ok).toBe(true);
        }
      }
    } finally {
      await pusher.close();
      await puller.close();
    }
    await registry.settle();
    const told = await db().registryEvent.count({ where: { repository: { startsWith: "plain/" } } });
    expect(told).toBeGreaterThanOrEqual(count);
    const made = await db().incident.findMany({
      where: { repository: { startsWith: "plain/" } },
      select: { repository: true, cause: true, sides: true },
    });
    expect(made).toEqual([]);
    expect(await db().incident.count()).toBe(before);
  }, 1_800_000);
});
