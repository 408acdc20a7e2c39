import { describe, expect, it } from "vitest";
import { parseOneKubernetes as only, parseKubernetes as parse } from "#lib/events/testing/parse-kubernetes";
import { createKubernetesEvent, failedPull } from "#lib/testing/kubernetes-event";

describe("bodies", () => {
  const one = createKubernetesEvent();
  const two = createKubernetesEvent({ metadata: { uid: "uid-2", name: "x", namespace: "prod" } });
  const ids = ["uid-1", "uid-2"];
  const value = (given: unknown): unknown => {
    if (typeof given === "string") return { stringValue: given };
    if (typeof given === "number") return { intValue: String(given) };
    if (Array.isArray(given)) return { arrayValue: { values: given.map(value) } };
    if (given === null || typeof given !== "object") return {};
    const values = Object.entries(given).map(([key, inner]) => ({ key, value: value(inner) }));
    return { kvlistValue: { values } };
  };
  it.each<[string, string, string]>([
    ["a list", "application/json", JSON.stringify([one, two])],
    ["an EventList", "application/json", JSON.stringify({ kind: "EventList", items: [one, two] })],
    ["lines", "application/x-ndjson", `${JSON.stringify(one)}\n\n${JSON.stringify(two)}\r\n`],
    ["lines that say they are JSON", "application/json", `${JSON.stringify(one)}\n${JSON.stringify(two)}`],
    [
      "a watch",
      "application/json",
      [one, two].map((object) => JSON.stringify({ type: "ADDED", object })).join("\n"),
    ],
    [
      "CloudEvents",
      "application/cloudevents-batch+json",
      JSON.stringify([
        { specversion: "1.0", id: "1", type: "t", source: "s", data: one },
        { specversion: "1.0", id: "2", data_base64: Buffer.from(JSON.stringify(two)).toString("base64") },
      ]),
    ],
    [
      "shippers' lines",
      "",
      [{ log: JSON.stringify(one) }, { message: JSON.stringify({ verb: "UPDATED", event: two }) }]
        .map((line) => JSON.stringify(line))
        .join("\n"),
    ],
    [
      "OTLP",
      "application/json",
      JSON.stringify({
        resourceLogs: [
          {
            scopeLogs: [
              {
                logRecords: [
                  { body: value({ type: "MODIFIED", object: one }) },
                  { body: { stringValue: JSON.stringify(two) } },
                ],
              },
            ],
          },
        ],
      }),
    ],
  ])("%s", (_name, contentType, body) => {
    const { signals, unreadable } = parse(body, contentType);
    expect(unreadable).toBe(0);
    expect(signals.map(({ eventId }) => eventId)).toEqual(ids);
    expect(signals[0]).toMatchObject({
      cause: "not-found",
      repository: "team/api",
      workload: "Deployment/api",
    });
  });

  it("of the collector's events receiver hold the message and attributes", () => {
    const attribute = (key: string, text: string) => ({ key, value: { stringValue: text } });
    const record = {
      timeUnixNano: String(BigInt(Date.parse("2026-04-17T12:00:00Z")) * 1_000_000n),
      body: { stringValue: failedPull },
      attributes: [
        attribute("k8s.event.reason", "Failed"),
        attribute("k8s.event.uid", "uid-3"),
        attribute("k8s.namespace.name", "prod"),
        { key: "k8s.event.count", value: { intValue: "5" } },
      ],
    };
    const resource = {
      attributes: [
        attribute("k8s.cluster.name", "c3"),
        attribute("k8s.object.kind", "Pod"),
        attribute("k8s.object.name", "api-7d9c8b6f5d-x2x4z"),
        attribute("k8s.node.name", "node-3"),
      ],
    };
    expect(only({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] })).toMatchObject({
      eventId: "uid-3",
      cause: "not-found",
      cluster: "c3",
      namespace: "prod",
      workload: "Deployment/api",
      node: "node-3",
      count: 5,
      lastAt: new Date("2026-04-17T12:00:00Z"),
    });
  });

  it("of exporters with a flat layout are read as far as they go", () => {
    const flat = {
      reason: "Failed",
      message: failedPull,
      count: "3",
      kind: "Pod",
      name: "db-0",
      namespace: "prod",
    };
    expect(only({ eventType: "kubernetes-event", details: flat })).toMatchObject({
      workload: "StatefulSet/db",
      namespace: "prod",
      count: 3,
    });
  });

  it("keep their good lines", () => {
    const lines = [JSON.stringify(one), "{broken", '"text"', JSON.stringify({ kind: "Pod", metadata: {} })];
    expect(parse(lines.join("\n"))).toMatchObject({
      signals: [{ eventId: "uid-1" }],
      ignored: 1,
      unreadable: 2,
    });
    expect(parse(JSON.stringify([one, two], null, 2).slice(0, -9))).toEqual({
      signals: [],
      ignored: 0,
      unreadable: 1,
    });
    expect(parse("")).toEqual({ signals: [], ignored: 0, unreadable: 1 });
  });

  it("hold at most ten thousand", () => {
    const many = Array.from({ length: 10_050 }, (_entry, index) => ({
      ...one,
      metadata: { uid: `uid-${index}` },
    }));
    const { signals, unreadable } = parse(many);
    expect(signals).toHaveLength(10_000);
    expect(unreadable).toBe(50);
  });
});
