import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getManifestQuery, listReferrersQuery } from "#lib/inventory/schema-artifact";
import { getArtifact } from "#lib/inventory/service-artifact";
import { listReferrers } from "#lib/inventory/service-referrers";
import { closeRegistryClients } from "#lib/registries/open-client";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow } from "#lib/testing/connect-test-registry";
import { createTestContextOf } from "#lib/testing/seed-inventory";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { describeMissingPeer, findPeer } from "../../scripts/stack/peers.ts";

const { db } = attachTestDatabase();
const engineer = createTestContextOf("engineer");
const execute = promisify(execFile);
let registry: TestRegistry;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wharfinger-clients-"));
  registry = await startTestRegistry();
  await connectTestRegistry("clients", registry.url);
});
afterAll(async () => {
  await closeRegistryClients();
  await registry.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a client in the folder of this test, with no settings of the person at this machine. */
async function run(program: string | null, ...args: string[]): Promise<string> {
  const env = { NODE_ENV: "test" as const, PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: folder };
  return (await execute(program ?? "", args, { cwd: folder, env, timeout: 60_000 })).stdout.trim();
}

const read = (repository: string, reference: string) =>
  getArtifact(engineer, getManifestQuery.parse({ registry: "clients", repository, reference }));

const crane = findPeer("crane");
describe.skipIf(crane === null)(crane === null ? describeMissingPeer("crane") : "crane", () => {
  it("pushes an image that the console shows, and moves a tag that the history tells of", async () => {
    const layer = pack();
    layer.entry({ name: "etc/motd" }, "hello\n");
    layer.finalize();
    await writeFile(join(folder, "layer.tar"), await buffer(layer));
    const name = `${registry.host}/crane/app`;
    await run(crane, "append", "-f", "layer.tar", "-t", `${name}:v1`);
    await crawlNow("clients");
    const first = await run(crane, "digest", `${name}:v1`);
    expect(await read("crane/app", "v1")).toMatchObject({ digest: first, kind: "image", tag: "v1" });

    await run(crane, "mutate", `${name}:v1`, "--label", "words=two", "-t", `${name}:v1`);
    await run(crane, "tag", `${name}@${first}`, "before");
    await crawlNow("clients", "sweep");
    const second = await run(crane, "digest", `${name}:v1`);
    expect(second).not.toBe(first);
    const tags = await db().tag.findMany({
      where: { repository: { name: "crane/app" } },
      orderBy: { name: "asc" },
    });
    expect(tags.map((tag) => [tag.name, tag.digest])).toEqual([
      ["before", first],
      ["v1", second],
    ]);
    const moves = await db().tagMove.findMany({ where: { tagName: "v1" }, orderBy: { id: "asc" } });
    expect(moves.map((move) => move.digest)).toEqual([first, second]);
    expect((await read("crane/app", "v1")).config?.labels).toMatchObject({ words: "two" });
  });
});

const oras = findPeer("oras");
describe.skipIf(oras === null)(oras === null ? describeMissingPeer("oras") : "oras", () => {
  it("attaches an artifact to another, and the console shows it as a referrer, before and after a crawl", async () => {
    await writeFile(join(folder, "notes.txt"), "what is new\n");
    await writeFile(join(folder, "sbom.spdx.json"), JSON.stringify({ spdxVersion: "SPDX-2.3" }));
    const name = `${registry.host}/oras/notes`;
    const plain = "--plain-http";
    await run(
      oras,
      ...["push", plain, "--artifact-type", "application/vnd.example.notes.v1", `${name}:v1`],
      "notes.txt:text/plain",
    );
    await crawlNow("clients");
    const artifact = await read("oras/notes", "v1");
    expect(artifact.artifactType).toBe("application/vnd.example.notes.v1");

    await run(
      oras,
      ...["attach", plain, "--artifact-type", "application/spdx+json", `${name}:v1`],
      "sbom.spdx.json:application/spdx+json",
    );
    const query = listReferrersQuery.parse({
      registry: "clients",
      repository: "oras/notes",
      digest: artifact.digest,
    });
    const asked = await listReferrers(engineer, query);
    expect(asked.referrers).toMatchObject([{ artifactType: "application/spdx+json", kind: "sbom" }]);
    const said: { referrers: { digest: string }[] } = JSON.parse(
      await run(oras, "discover", plain, "--format", "json", `${name}:v1`),
    );
    expect(asked.referrers.map((one) => one.digest)).toEqual(said.referrers.map((one) => one.digest));
    await crawlNow("clients", "sweep");
    expect((await listReferrers(engineer, query)).referrers).toHaveLength(1);
  });
});
