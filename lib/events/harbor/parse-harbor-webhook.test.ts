import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHarborWebhook } from "#lib/events/harbor/parse-harbor-webhook";

const now = new Date("2026-04-17T13:00:00Z");
const digest = `sha256:${"a".repeat(64)}`;
const resource = { digest, tag: "v1", resource_url: "harbor.example/team/api:v1" };
const repository = { name: "api", namespace: "team", repo_full_name: "team/api", repo_type: "private" };

function hook(type: string, fields: Record<string, unknown> = {}, resources: unknown = [resource]) {
  const occurred = { occur_at: 1_776_430_488, operator: "robot$ci" };
  return { type, ...occurred, event_data: { resources, repository }, ...fields };
}

function cloudEvent(type: string, fields: Record<string, unknown> = {}) {
  return {
    specversion: "1.0",
    id: "id-1",
    source: "/projects/1/webhook/policies/3",
    type,
    time: "2026-04-17T12:54:48Z",
    data: { resources: [resource], repository },
    operator: "robot$ci",
    ...fields,
  };
}

const parse = (body: unknown) =>
  parseHarborWebhook(typeof body === "string" ? body : JSON.stringify(body), now);

describe("artifacts", () => {
  it.each([
    ["PUSH_ARTIFACT", "push"],
    ["PULL_ARTIFACT", "pull"],
    ["DELETE_ARTIFACT", "delete"],
    ["pushImage", "push"],
    ["pullImage", "pull"],
    ["deleteImage", "delete"],
  ])("%s is a %s", (type, action) => {
    const { signals } = parse(hook(type));
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatchObject({
      eventId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      side: "harbor",
      action,
      cause: null,
      repository: "team/api",
      tag: "v1",
      digest,
      actor: "robot$ci",
      at: new Date(1_776_430_488_000),
      count: 1,
    });
  });

  it.each([
    ["harbor.artifact.pushed", "push"],
    ["harbor.artifact.pulled", "pull"],
    ["harbor.artifact.deleted", "delete"],
  ])("%s is a %s", (type, action) => {
    expect(parse(cloudEvent(type)).signals).toMatchObject([
      { action, repository: "team/api", tag: "v1", actor: "robot$ci", at: new Date("2026-04-17T12:54:48Z") },
    ]);
  });

  it("have no tag where the digest stands in its place", () => {
    const byDigest = [{ digest, tag: digest }, { tag: `sha256:${"b".repeat(64)}` }];
    expect(parse(hook("PULL_ARTIFACT", {}, byDigest)).signals).toMatchObject([
      { tag: null, digest },
      { tag: null, digest: `sha256:${"b".repeat(64)}` },
    ]);
  });

  it("are named by namespace and name in old versions", () => {
    const old = { resources: [resource], repository: { name: "alpine/helm", namespace: "test" } };
    expect(parse(hook("pushImage", { event_data: old })).signals[0]?.repository).toBe("test/alpine/helm");
  });

  it("of one webhook are as many signals as it has", () => {
    const tags = ["v1", "v2", "latest"].map((tag) => ({ digest, tag }));
    const { signals } = parse(
      hook("DELETE_ARTIFACT", {}, [...tags, { digest: "sha256:short", tag: "v3" }, 7]),
    );
    expect(new Set(signals.map(({ eventId }) => eventId)).size).toBe(3);
    expect(parse(hook("DELETE_ARTIFACT", {}, [...tags, null])).unreadable).toBe(1);
  });
});

describe("identity", () => {
  const identityOf = (body: unknown) => parse(body).signals[0]?.eventId;

  it("is the same for a delivery that is repeated", () => {
    expect(identityOf(hook("PULL_ARTIFACT"))).toBe(identityOf(hook("PULL_ARTIFACT")));
    const again = cloudEvent("harbor.artifact.pulled", {
      requestid: "another",
      time: "2026-04-17T12:59:00Z",
    });
    expect(identityOf(again)).toBe(identityOf(cloudEvent("harbor.artifact.pulled")));
  });

  it("is another for another time, user, tag, or id", () => {
    const bodies = [
      hook("PULL_ARTIFACT"),
      hook("PULL_ARTIFACT", { occur_at: 1_776_430_489 }),
      hook("PULL_ARTIFACT", { operator: "admin" }),
      hook("PULL_ARTIFACT", {}, [{ digest, tag: "v2" }]),
      hook("PUSH_ARTIFACT"),
      cloudEvent("harbor.artifact.pulled"),
      cloudEvent("harbor.artifact.pulled", { id: "id-2" }),
      cloudEvent("harbor.artifact.pulled", { source: "/projects/2/webhook/policies/3" }),
    ];
    expect(new Set(bodies.map(identityOf)).size).toBe(bodies.length);
  });
});

it.each([
  "SCANNING_COMPLETED",
  "SCANNING_FAILED",
  "QUOTA_EXCEED",
  "QUOTA_WARNING",
  "REPLICATION",
  "TAG_RETENTION",
  "harbor.scan.completed",
  "harbor.tag.created",
  "something new",
])("ignores %s", (type) => {
  expect(parse(hook(type))).toEqual({ signals: [], ignored: 1, unreadable: 0 });
});

it("ignores pulls of the scanner, and not those of other robots", () => {
  const scanner = "robot$team+scanner-Trivy-51fe4548-bbe5-11ed-9217-0242ac14000d";
  expect(parse(hook("PULL_ARTIFACT", { operator: scanner }))).toMatchObject({ signals: [], ignored: 1 });
  for (const operator of ["robot$team+ci", "robot$ci-Trivy", "admin", "", null])
    expect(parse(hook("PULL_ARTIFACT", { operator })).signals).toHaveLength(1);
  expect(parse(hook("PUSH_ARTIFACT", { operator: scanner })).signals).toHaveLength(1);
});

it("cannot read what has no artifact in it", () => {
  for (const body of [
    "",
    "{",
    "7",
    "null",
    {},
    hook("PUSH_ARTIFACT", {}, []),
    hook("PUSH_ARTIFACT", { event_data: null }),
    hook("PUSH_ARTIFACT", {
      event_data: { resources: [resource], repository: { repo_full_name: "Team/API" } },
    }),
  ])
    expect(parse(body)).toEqual({ signals: [], ignored: 0, unreadable: 1 });
});

it("takes the time of arrival where its own makes no sense", () => {
  for (const occur_at of [0, -1, 1e300, "yesterday", null, undefined])
    expect(parse(hook("PUSH_ARTIFACT", { occur_at })).signals[0]?.at).toEqual(now);
});

it("never throws, and is fit to be stored", () => {
  const value = fc.oneof(fc.constantFrom("PUSH_ARTIFACT", "v1", digest, "team/api", null, 0), fc.jsonValue());
  const any = fc.record(
    {
      type: fc.constantFrom("PUSH_ARTIFACT", "PULL_ARTIFACT", "harbor.artifact.deleted"),
      occur_at: value,
      operator: fc.oneof(value, fc.string({ unit: "binary" })),
      event_data: fc.record({
        resources: fc.oneof(value, fc.array(fc.record({ tag: value, digest: value }))),
        repository: fc.oneof(value, fc.record({ repo_full_name: value, name: value, namespace: value })),
      }),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    any.map((fields) => JSON.stringify(fields)),
    fc.string({ unit: "binary" }),
    fc.jsonValue().map((json) => JSON.stringify(json)),
  );
  fc.assert(
    fc.property(body, (text) => {
      for (const { raw, actor } of parse(text).signals) {
        JSON.parse(raw);
        expect(raw).not.toContain("\\u0000");
        expect((actor ?? "").isWellFormed()).toBe(true);
      }
    }),
  );
});

const samples = join(
  import.meta.dirname,
  "..",
  "..",
  "..",
  "..",
  "shared",
  "reference",
  "samples",
  "harbor-webhooks",
);
it.skipIf(!existsSync(samples))("samples of Harbor", () => {
  const read = readdirSync(samples).map(
    (name) => [name, parse(readFileSync(join(samples, name), "utf8"))] as const,
  );
  expect(read.length).toBeGreaterThan(10);
  for (const [name, { signals, ignored, unreadable }] of read) {
    const isScanner = /^pull\.|cloudevents\.2023/.test(name);
    const isArtifact = /^(?:push|pull|delete)/.test(name) && !isScanner;
    expect([signals.length, ignored, unreadable], name).toEqual(isArtifact ? [1, 0, 0] : [0, 1, 0]);
    for (const { repository, digest: named } of signals) {
      expect(repository, name).toMatch(/^[a-z-]+\/[a-z]+$/);
      expect(named, name).toMatch(/^sha256:/);
    }
  }
});
