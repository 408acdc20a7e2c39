import { beforeAll, describe, expect, it } from "vitest";
import { diagnoseBody } from "#lib/failures/schema";
import { diagnose } from "#lib/failures/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import {
  createTestContext,
  createTestContextOf,
  seedManifest,
  seedRegistry,
  seedRepository,
  seedTag,
} from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
let registryId: number;

beforeAll(async () => {
  registryId = await seedRegistry(db(), "main", { url: "https://r.example" });
  const repositoryId = await seedRepository(db(), registryId, "team/api", { tagCount: 2 });
  const manifest = await seedManifest(db(), repositoryId, { a: 1 }, { os: "linux", architecture: "amd64" });
  await seedTag(db(), repositoryId, "v1.4.1", manifest);
  await seedTag(db(), repositoryId, "latest", manifest);
  await db().tagMove.createMany({
    data: [
      {
        repositoryId,
        tagName: "v1.3.0",
        digest: manifest.digest,
        at: new Date("2026-03-01T10:00:00Z"),
        source: "event",
      },
      {
        repositoryId,
        tagName: "v1.3.0",
        digest: null,
        at: new Date("2026-03-02T10:00:00Z"),
        source: "event",
        actor: "alice",
      },
    ],
  });
});

const explain = (text: string, ctx = createTestContextOf("viewer")) =>
  diagnose(ctx, diagnoseBody.parse({ text }));
const missing = (tag: string) =>
  `Failed to pull image "r.example/team/api:${tag}": failed to resolve reference "r.example/team/api:${tag}": r.example/team/api:${tag}: not found`;

describe("a pull that failed", () => {
  it("of a deleted tag: says who deleted it and when, and leads to putting it back", async () => {
    const said = await explain(missing("v1.3.0"));
    expect(said).toMatchObject({
      cause: "tag-deleted",
      explanation: "The tag v1.3.0 was deleted at 2026-03-02 10:00 UTC by alice.",
    });
    expect(said.nextSteps[0]).toEqual({
      text: "Put the tag back to what it stood on: its manifest still exists.",
      href: "/images/main/team/api:v1.3.0",
    });
  });

  it("of a tag that never was: names the nearest that exist", async () => {
    const said = await explain(missing("1.4.1"));
    expect(said.cause).toBe("tag-never-existed");
    expect(said.nextSteps[0]).toEqual({ text: "Did you mean v1.4.1?", href: "/images/main/team/api:v1.4.1" });
  });

  it("for a platform that is not there: says which are", async () => {
    const said = await explain(
      'Failed to pull image "r.example/team/api:latest": no matching manifest for linux/arm64/v8 in the manifest list entries',
    );
    expect(said).toMatchObject({ cause: "no-platform" });
    expect(said.explanation).toContain("linux/amd64");
  });

  it("without a grant: prepares the missing one", async () => {
    const said = await explain(
      "unexpected status from HEAD request to https://r.example/v2/team/api/manifests/latest: 403 Forbidden",
    );
    expect(said.cause).toBe("no-grant");
    expect(said.nextSteps[0]?.href).toBe("/access/grants/new?registry=main&pattern=team%2Fapi&actions=pull");
  });

  it("says nothing of repositories that the reader may not see", async () => {
    const outsider = createTestContext([{ role: "viewer", registryId, pattern: "other/**" }]);
    const hidden = await explain(missing("v1.3.0"), outsider);
    const never = await explain(missing("v1.3.0").replaceAll("team/api", "team/none"), outsider);
    expect(hidden.cause).toBe("not-found");
    expect(JSON.stringify(hidden).replaceAll("team/api", "team/none")).toBe(JSON.stringify(never));
  });

  it("is read from a Kubernetes event, as it is or wrapped", async () => {
    const event = {
      kind: "Event",
      reason: "Failed",
      message: missing("v1.3.0"),
      involvedObject: { kind: "Pod" },
    };
    for (const body of [event, { event }])
      expect((await diagnose(createTestContextOf("viewer"), diagnoseBody.parse(body))).cause).toBe(
        "tag-deleted",
      );
    const crash = { kind: "Event", reason: "BackOff", message: "Back-off restarting failed container api" };
    expect(await diagnose(createTestContextOf("viewer"), diagnoseBody.parse(crash))).toMatchObject({
      failedPull: false,
      cause: null,
    });
  });
});
