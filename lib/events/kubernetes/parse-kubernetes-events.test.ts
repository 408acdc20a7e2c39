import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseKubernetesEvents } from "#lib/events/kubernetes/parse-kubernetes-events";
import type { RegistrySignal } from "#lib/events/signal";
import {
  kubernetesNow as now,
  parseOneKubernetes as only,
  parseKubernetes as parse,
  kubernetesSource as source,
} from "#lib/events/testing/parse-kubernetes";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import {
  createKubernetesEvent,
  type EventFields,
  failedImage,
  failedPull,
} from "#lib/testing/kubernetes-event";

describe("one Event", () => {
  it("tells of the failedImage, the workload, the node, and how often", () => {
    const { raw, ...signal } = only(createKubernetesEvent());
    expect(signal).toEqual({
      eventId: "uid-1",
      side: "kubernetes",
      action: "pull",
      cause: "not-found",
      repository: "team/api",
      tag: "v9",
      digest: null,
      mediaType: null,
      actor: null,
      address: null,
      agent: null,
      cluster: null,
      namespace: "prod",
      workload: "Deployment/api",
      node: "node-7",
      message: failedPull,
      count: 10,
      at: new Date("2026-04-17T11:54:48Z"),
      lastAt: new Date("2026-04-17T12:00:17Z"),
      provisional: false,
    });
    expect(JSON.parse(raw)).toMatchObject({ reason: "Failed", metadata: { uid: "uid-1" } });
    expect(raw).not.toContain("managedFields");
  });

  it("of events.k8s.io has other names for the same", () => {
    const signal = only({
      kind: "Event",
      apiVersion: "events.k8s.io/v1",
      metadata: { name: "db-0.18a7", namespace: "prod", uid: "uid-2" },
      regarding: { kind: "Pod", namespace: "prod", name: "db-0" },
      reason: "BackOff",
      note: 'Back-off pulling image "postgres:18"',
      eventTime: "2026-04-17T11:54:48.123456Z",
      series: { count: 7, lastObservedTime: "2026-04-17T12:10:00.000000Z" },
      reportingController: "kubelet",
      reportingInstance: "node-8",
      deprecatedFirstTimestamp: null,
    });
    expect(signal).toMatchObject({
      cause: "no-cause-in-text",
      repository: "docker.io/library/postgres",
      tag: "18",
      workload: "StatefulSet/db",
      node: "node-8",
      count: 7,
      at: new Date("2026-04-17T11:54:48.123Z"),
      lastAt: new Date("2026-04-17T12:10:00Z"),
    });
    const deprecated = only({
      ...createKubernetesEvent({ count: undefined, firstTimestamp: undefined, lastTimestamp: undefined }),
      deprecatedCount: 4,
      deprecatedFirstTimestamp: "2026-04-17T10:00:00Z",
      deprecatedLastTimestamp: "2026-04-17T11:00:00Z",
    });
    expect(deprecated).toMatchObject({ count: 4, at: new Date("2026-04-17T10:00:00Z") });
    expect(deprecated.lastAt).toEqual(new Date("2026-04-17T11:00:00Z"));
  });

  it("keeps its identity while its count rises and its message is folded", () => {
    const folded = only(
      createKubernetesEvent({ message: `(combined from similar events): ${failedPull}`, count: 140 }),
    );
    expect(folded).toMatchObject({ eventId: "uid-1", cause: "not-found", count: 140, message: failedPull });
    const withoutUid = { metadata: { name: "api.18a7", namespace: "prod" } };
    const [first, second] = [3, 9].map((count) => only(createKubernetesEvent({ ...withoutUid, count })));
    expect(first?.eventId).toBe(second?.eventId);
    expect(
      only(createKubernetesEvent({ metadata: { name: "api.18a8", namespace: "prod" } })).eventId,
    ).not.toBe(first?.eventId);
  });

  it.each<[string, EventFields, Partial<RegistrySignal>]>([
    [
      "a pull that went well",
      {
        reason: "Pulled",
        message: `Successfully pulled image "${failedImage}" in 2s (2s including waiting). Image size: 5 bytes.`,
      },
      { cause: null, repository: "team/api", tag: "v9" },
    ],
    [
      "a failure that names no image",
      { message: "Error: ErrImagePull" },
      { cause: "no-cause-in-text", repository: null, tag: null, workload: "Deployment/api" },
    ],
    [
      "a back-off with its cause",
      {
        reason: "BackOff",
        message: `Back-off pulling image "${failedImage}": ErrImagePull: failed to resolve reference "${failedImage}": unexpected status from HEAD request to https://registry.example:5000/v2/team/api/manifests/v9: 429 Too Many Requests`,
      },
      { cause: "throttled", repository: "team/api" },
    ],
    [
      "a secret that is missing",
      {
        reason: "FailedToRetrieveImagePullSecret",
        message:
          "Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.",
      },
      { cause: "no-cause-in-text", repository: null, provisional: true },
    ],
    [
      "the image of the sandbox",
      {
        reason: "FailedCreatePodSandBox",
        message:
          'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "k.example/pause:3.8": failed to pull image "k.example/pause:3.8": failed to resolve reference "k.example/pause:3.8": failed to do request: Head "https://k.example/v2/pause/manifests/3.8": dial tcp 192.0.2.1:443: i/o timeout',
      },
      { cause: "timeout", repository: "k.example/pause", tag: "3.8" },
    ],
    [
      "a name that is none",
      {
        reason: "InspectFailed",
        message:
          'Failed to apply default image tag "Team/API:v1": couldn\'t parse image name "Team/API:v1": invalid reference format: repository name must be lowercase',
      },
      { cause: "malformed-reference", repository: null },
    ],
    [
      "an image that must not be pulled",
      {
        reason: "ErrImageNeverPull",
        message: `Container image "${failedImage}" is not present with pull policy of Never`,
      },
      { cause: "unknown", repository: "team/api" },
    ],
    [
      "a digest",
      {
        message: `Failed to pull image "registry.example:5000/team/api@sha256:${"a".repeat(64)}": rpc error: code = Unknown desc = Error response from daemon: manifest unknown`,
      },
      { cause: "not-found", repository: "team/api", tag: null, digest: `sha256:${"a".repeat(64)}` },
    ],
    [
      "an image of another registry",
      { message: 'Failed to pull image "ghcr.example/other/tool:1": denied: denied' },
      { cause: "denied-or-missing", repository: "ghcr.example/other/tool" },
    ],
    [
      "an image of Docker Hub with its organisation",
      { message: 'Failed to pull image "team/tool:1": toomanyrequests: slow down' },
      { cause: "throttled", repository: "docker.io/team/tool" },
    ],
  ])("%s", (_name, fields, expected) => {
    expect(only(createKubernetesEvent(fields))).toMatchObject(expected);
  });

  it.each<[string, EventFields]>([
    [
      "a crash loop",
      { reason: "BackOff", message: "Back-off restarting failed container api in pod api-1_prod(0)" },
    ],
    [
      "an image that was there",
      { reason: "Pulled", message: `Container image "${failedImage}" already present on machine` },
    ],
    ["the beginning of a pull", { reason: "Pulling", message: `Pulling image "${failedImage}"` }],
    [
      "a container that does not start",
      { reason: "Failed", message: 'Error: configmap "settings" not found' },
    ],
    [
      "a container that is not made in time",
      { reason: "Failed", message: "Error: context deadline exceeded" },
    ],
    [
      "a sandbox without a network",
      {
        reason: "FailedCreatePodSandBox",
        message:
          "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin not found",
      },
    ],
    ["a start", { reason: "Started", message: "Started container api" }],
  ])("ignores %s", (_name, fields) => {
    expect(parse(createKubernetesEvent(fields))).toEqual({ signals: [], ignored: 1, unreadable: 0 });
  });

  it("knows the registry by any writing of its host", () => {
    const asked = (registryHost: string, text: string) =>
      parse(createKubernetesEvent({ message: `Failed to pull image "${text}": not found` }), "", {
        registryHost,
        cluster: "c1",
      }).signals[0];
    expect(asked("Registry.Example:5000", failedImage)).toMatchObject({
      repository: "team/api",
      cluster: "c1",
    });
    expect(asked("registry.example:443", "registry.example/team/api:1")?.repository).toBe("team/api");
    expect(asked("registry-1.docker.io", "nginx:1")?.repository).toBe("library/nginx");
    expect(asked("registry.example", failedImage)?.repository).toBe("registry.example:5000/team/api");
  });

  it("takes owner, labels and cluster where an exporter gives them", () => {
    const pod = { kind: "Pod", namespace: "prod", name: "agent-x2x4z" };
    const labelled = { ...pod, labels: { "controller-revision-hash": "7d9c8b6f5d" } };
    expect(only(createKubernetesEvent({ clusterName: "c2", involvedObject: labelled }))).toMatchObject({
      cluster: "c2",
      workload: "DaemonSet/agent",
    });
    const owned = { ...pod, ownerReferences: [{ kind: "Job", name: "agent" }] };
    expect(only(createKubernetesEvent({ involvedObject: owned })).workload).toBe("Job/agent");
    const dedotted = {
      ...pod,
      labels: { batch_kubernetes_io_job_name: 1, "batch_kubernetes_io/job-name": "agent" },
    };
    expect(only(createKubernetesEvent({ involvedObject: dedotted })).workload).toBe("Job/agent");
    expect(only(createKubernetesEvent({ involvedObject: { kind: "Node", name: "node-1" } })).workload).toBe(
      "Node/node-1",
    );
  });

  it("does not believe times that no clock shows", () => {
    const absurd = createKubernetesEvent({
      firstTimestamp: "0001-01-01T00:00:00Z",
      lastTimestamp: "9999-01-01T00:00:00Z",
    });
    expect(only(absurd)).toMatchObject({ at: now, lastAt: now });
    const reversed = createKubernetesEvent({ firstTimestamp: "2026-04-17T12:30:00Z" });
    expect(only(reversed).at).toEqual(only(reversed).lastAt);
  });

  it("is fit to be stored, whatever is in it", () => {
    const hostile = only(
      createKubernetesEvent({
        message: `${failedPull} \0 \ud800 ${"x".repeat(10_000)}`,
        "\0key": "v",
        node: "\0",
      }),
    );
    expect(hostile.message).toHaveLength(4_000);
    expect(hostile.message).not.toContain("\0");
    expect(hostile.message?.isWellFormed()).toBe(true);
    expect(hostile.raw).toBe("{}");
    const wide = only(createKubernetesEvent({ extra: "é".repeat(10_000) }));
    expect(wide.raw).toBe("{}");
    const deep = JSON.stringify(createKubernetesEvent({ extra: 0 })).replace(
      '"extra":0',
      `"extra":${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    );
    expect(only(deep).raw).toBe("{}");
  });
});

it("gives the same set for any order and any repetition", () => {
  const told = fc.record({ uid: fc.integer({ min: 0, max: 5 }), count: fc.integer({ min: 1, max: 50 }) });
  const shuffled = fc
    .array(told, { minLength: 1, maxLength: 20 })
    .chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    );
  const signalsOf = (list: { uid: number; count: number }[]) => {
    const events = list.map(({ uid, count }) =>
      createKubernetesEvent({ metadata: { uid: `uid-${uid}` }, count }),
    );
    return parse(events).signals.sort((one, other) => one.eventId.localeCompare(other.eventId));
  };
  fc.assert(
    fc.property(shuffled, ([list, again]) => {
      expect(signalsOf(again)).toEqual(signalsOf(list));
      const highest = Math.max(...list.filter(({ uid }) => uid === list[0]?.uid).map(({ count }) => count));
      const kept = signalsOf(list).find(({ eventId }) => eventId === `uid-${list[0]?.uid}`);
      expect(kept?.count).toBe(highest);
    }),
  );
});

it("never throws", () => {
  const key = fc.constantFrom(
    ...["kind", "reason", "message", "note", "metadata", "involvedObject", "items", "object", "data", "type"],
    ...[
      "labels",
      "ownerReferences",
      "name",
      "uid",
      "resourceLogs",
      "scopeLogs",
      "logRecords",
      "body",
      "count",
    ],
  );
  const leaf = fc.oneof(
    fc.constantFrom("Failed", "Event", "Pod", "BackOff", failedPull, "Normal", null, 0, -1, 1e300, true),
    fc.string(),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      leaf,
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 8 }),
    ),
  }));
  const body = fc.oneof(
    tree.map((value) => JSON.stringify(value)),
    fc.string({ unit: "binary" }),
    fc
      .tuple(fc.constant(JSON.stringify(createKubernetesEvent())), fc.nat(700))
      .map(([text, at]) => text.slice(0, at)),
  );
  fc.assert(
    fc.property(body, fc.option(fc.string()), (text, contentType) => {
      const { signals } = parseKubernetesEvents(text, contentType, now, source);
      for (const { raw, message, count, at, lastAt } of signals) {
        JSON.parse(raw);
        expect((message ?? "").length).toBeLessThanOrEqual(4_000);
        expect(count).toBeGreaterThanOrEqual(1);
        expect(at.getTime()).toBeLessThanOrEqual(lastAt.getTime());
      }
    }),
    { numRuns: fuzzRuns(100, 5_000) },
  );
});

const samples = join(import.meta.dirname, "../../../../shared/reference/samples/k8s-events");
describe.skipIf(!existsSync(samples))("samples of public projects", () => {
  const read = (name: string) => readFileSync(join(samples, name), "utf8");

  it("a crash loop is no failed pull", () => {
    const file = "event-object.backoff-restart.not-a-pull-failure.json";
    expect(parse(read(file))).toEqual({ signals: [], ignored: 1, unreadable: 0 });
  });

  it("events of Azure Container Instances", () => {
    const { signals, ignored } = parse(read("aci-events.json"));
    expect(ignored).toBe(1);
    expect(signals.map(({ cause, repository }) => [cause, repository])).toEqual([
      ["not-found", "mcr.microsoft.com/azuredocs/aci-hellowrld"],
      ["no-cause-in-text", "mcr.microsoft.com/azuredocs/aci-hellowrld"],
    ]);
  });

  it("each message, as a kubelet would send it, has a cause that is not unknown", () => {
    const messages: { message: string }[] = JSON.parse(read("pull-failure-messages.json"));
    const kubelets = messages.filter(({ message }) =>
      /^(?:\(combined[^)]*\): )?(?:failed to pull image|error: (?:err)?failedImage)/i.test(message),
    );
    expect(kubelets.length).toBeGreaterThan(15);
    const events = kubelets.map(({ message }, index) =>
      createKubernetesEvent({ message, metadata: { uid: `m${index}` } }),
    );
    const { signals } = parse(events);
    expect(signals).toHaveLength(kubelets.length);
    for (const { cause, message, repository } of signals) {
      expect(cause).not.toBe("unknown");
      if (message?.includes("pull image")) expect(repository, message).not.toBeNull();
    }
  });
});
