import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseZotEvent } from "#lib/events/zot/parse-zot-event";

const now = new Date("2026-11-23T19:00:00Z");
const digest = `sha256:${"c".repeat(64)}`;
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const data = {
  name: "team/app",
  reference: "v1",
  digest,
  mediaType: manifestType,
  manifest: '{"schemaVersion":2}',
  actor: { name: "ci" },
  request: { addr: "192.0.2.9:57180", method: "PUT", useragent: "oras/1.3.6" },
};

function headersOf(type: string, fields: Record<string, string | undefined> = {}) {
  return {
    "ce-id": "id-1",
    "ce-source": "zotregistry.dev",
    "ce-specversion": "1.0",
    "ce-time": "2026-11-23T18:08:05.628342568Z",
    "ce-type": type,
    "content-type": "application/json",
    ...fields,
  };
}

const binary = (type: string, body: unknown = data, fields: Record<string, string | undefined> = {}) =>
  parseZotEvent(typeof body === "string" ? body : JSON.stringify(body), headersOf(type, fields), now);
const structured = (event: unknown) =>
  parseZotEvent(JSON.stringify(event), { "content-type": "application/cloudevents+json" }, now);

describe("events", () => {
  it("of images that were updated are pushes", () => {
    const { signals, ignored, unreadable } = binary("zotregistry.image.updated");
    expect([signals.length, ignored, unreadable]).toEqual([1, 0, 0]);
    const [{ raw, ...signal } = { raw: "" }] = signals;
    expect(signal).toEqual({
      eventId: "zotregistry.dev#id-1",
      side: "zot",
      action: "push",
      cause: null,
      repository: "team/app",
      tag: "v1",
      digest,
      mediaType: manifestType,
      actor: "ci",
      address: "192.0.2.9",
      agent: "oras/1.3.6",
      cluster: null,
      namespace: null,
      workload: null,
      node: null,
      message: null,
      count: 1,
      at: new Date("2026-11-23T18:08:05.628Z"),
      lastAt: new Date("2026-11-23T18:08:05.628Z"),
      provisional: false,
    });
    expect(JSON.parse(raw)).toEqual({ ...data, manifest: undefined });
  });

  it("of images that were deleted, by tag or by digest, are deletions", () => {
    expect(binary("zotregistry.image.deleted").signals).toMatchObject([
      { action: "delete", tag: "v1", digest },
    ]);
    expect(binary("zotregistry.image.deleted", { ...data, reference: digest }).signals).toMatchObject([
      { tag: null, digest },
    ]);
    expect(
      binary("zotregistry.image.deleted", { name: "team/app", reference: digest }).signals,
    ).toMatchObject([{ tag: null, digest }]);
  });

  it("may have any beginning of their type and any source", () => {
    const { signals } = binary("com.example.registry.image.created", data, {
      "ce-source": "https://r.example",
    });
    expect(signals).toMatchObject([{ action: "push", eventId: "https://r.example#id-1" }]);
    const long = binary("zotregistry.image.updated", data, { "ce-id": "i".repeat(1_000) }).signals[0];
    expect(long?.eventId).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("are the same in the body as in the headers", () => {
    const event = {
      specversion: "1.0",
      id: "id-1",
      source: "zotregistry.dev",
      type: "zotregistry.image.updated",
      time: "2026-11-23T18:08:05.628342568Z",
    };
    const expected = binary("zotregistry.image.updated");
    expect(structured({ ...event, data })).toEqual(expected);
    expect(structured([{ ...event, data }])).toEqual(expected);
    expect(structured({ ...event, data: JSON.stringify(data) })).toEqual(expected);
    const encoded = Buffer.from(JSON.stringify(data)).toString("base64");
    expect(structured({ ...event, data_base64: encoded })).toEqual(expected);
    expect(
      structured([
        { ...event, data },
        { ...event, data },
      ]),
    ).toEqual({ ...expected, ignored: 1 });
  });

  it.each([
    "zotregistry.repository.created",
    "zotregistry.image.lint_failed",
    "zotregistry.image.scanned",
    "image",
  ])("of type %s are ignored", (type) => {
    expect(binary(type)).toEqual({ signals: [], ignored: 1, unreadable: 0 });
  });

  it("without an id are known by their content", () => {
    const without = { "ce-id": undefined };
    const one = binary("zotregistry.image.updated", data, without).signals[0];
    expect(one?.eventId).toMatch(/^sha256:/);
    expect(binary("zotregistry.image.updated", data, without).signals[0]?.eventId).toBe(one?.eventId);
    const other = binary("zotregistry.image.updated", { ...data, reference: "v2" }, without).signals[0];
    expect(other?.eventId).not.toBe(one?.eventId);
  });

  it.each<[string, unknown]>([
    ["nothing", ""],
    ["broken JSON", "{"],
    ["a list", [data]],
    ["no name", { ...data, name: undefined }],
    ["a name that is none", { ...data, name: "Team/App" }],
    ["a digest that is none", { ...data, digest: "sha256:abc" }],
    ["a reference that is none", { ...data, reference: "-v1" }],
    ["neither tag nor digest", { name: "team/app" }],
  ])("with %s cannot be read", (_name, body) => {
    expect(binary("zotregistry.image.updated", body)).toEqual({ signals: [], ignored: 0, unreadable: 1 });
  });

  it("take the time of arrival where their own makes no sense", () => {
    for (const time of [undefined, "", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "now"])
      expect(binary("zotregistry.image.updated", data, { "ce-time": time }).signals[0]?.at).toEqual(now);
  });

  it("know the address without its port", () => {
    const from = (addr: string) =>
      binary("zotregistry.image.updated", { ...data, request: { addr } }).signals[0]?.address;
    expect(["[2001:db8::1]:443", "2001:db8::1", "192.0.2.1", "192.0.2.1:1"].map(from)).toEqual([
      "2001:db8::1",
      "2001:db8::1",
      "192.0.2.1",
      "192.0.2.1",
    ]);
  });
});

it("never throws, and is fit to be stored", () => {
  const value = fc.oneof(fc.constantFrom<unknown>("team/app", "v1", digest, null), fc.jsonValue());
  const any = fc.record({
    name: value,
    reference: value,
    digest: value,
    actor: value,
    request: value,
    x: value,
  });
  const body = fc.oneof(
    any.map((fields) => JSON.stringify(fields)),
    any.map((inner) => JSON.stringify({ type: "zotregistry.image.updated", data: inner })),
    fc.string({ unit: "binary" }),
  );
  const header = fc.option(fc.string({ unit: "binary" }), { nil: undefined });
  const type = fc.oneof(fc.constantFrom(undefined, "zotregistry.image.updated"), header);
  fc.assert(
    fc.property(body, type, header, header, (text, given, id, time) => {
      const headers = { "ce-type": given, "ce-id": id, "ce-time": time };
      for (const { raw, eventId } of parseZotEvent(text, headers, now).signals) {
        JSON.parse(raw);
        expect(raw).not.toContain("\\u0000");
        expect(eventId).not.toContain("\0");
        expect(eventId.isWellFormed()).toBe(true);
      }
    }),
  );
});

const sample = join(import.meta.dirname, "../../../../shared/reference/samples/live/zot-2.1.20.events.jsonl");
it.skipIf(!existsSync(sample))("events of a real zot", () => {
  const lines = readFileSync(sample, "utf8").trim().split("\n");
  const told: { headers: Record<string, string>; body: unknown }[] = lines.map((line) => JSON.parse(line));
  const counts: Record<string, number> = {};
  const ids = new Set<string>();
  for (const { headers, body } of told) {
    const { signals, ignored, unreadable } = parseZotEvent(JSON.stringify(body), headers, now);
    expect(unreadable).toBe(0);
    expect(signals.length + ignored).toBe(1);
    const kind = headers["ce-type"] ?? "";
    counts[kind] = (counts[kind] ?? 0) + signals.length;
    for (const signal of signals) {
      ids.add(signal.eventId);
      expect(signal).toMatchObject({ address: "127.0.0.1", agent: expect.stringMatching(/\//) });
    }
  }
  expect(counts["zotregistry.repository.created"]).toBe(0);
  expect(counts["zotregistry.image.updated"]).toBeGreaterThan(5);
  expect(counts["zotregistry.image.deleted"]).toBe(1);
  expect(ids.size).toBe((counts["zotregistry.image.updated"] ?? 0) + 1);
});
