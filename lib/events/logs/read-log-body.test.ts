import { describe, expect, it } from "vitest";
import { parseRegistryLogs } from "#lib/events/logs/parse-registry-logs";
import {
  combinedLine,
  distributionFields,
  distributionLine,
  formatSignal,
  logfmtLine,
  zotLine,
} from "#lib/events/testing/log-lines";

const receivedAt = new Date("2026-05-01T10:00:05Z");
const parse = (body: string | Uint8Array, contentType: string | null = "application/json") =>
  parseRegistryLogs(body, contentType, receivedAt);

const missing = { status: 404, code: "manifest unknown", id: "request-one" };
const application = distributionLine("response completed with error", missing);
const fields = distributionFields("response completed with error", missing);
const access = combinedLine({ uri: "/v2/team/web/manifests/v1" });
const zot = zotLine({ uri: "/v2/team/zot/manifests/v1" });
const three = ["pull team/api:v9 not-found", "pull team/web:v1 not-found", "pull team/zot:v1 not-found"];

const otlp = (records: object[]) =>
  JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: [{ key: "host.name", value: { stringValue: "node-1" } }] },
        scopeLogs: [{ scope: {}, logRecords: records }],
      },
    ],
  });
const toValue = (value: unknown): object =>
  typeof value === "number" ? { intValue: String(value) } : { stringValue: String(value) };
const toPairs = (pairs: object) =>
  Object.entries(pairs).map(([key, value]) => ({ key, value: toValue(value) }));

/** Each form in which a shipper sends the three lines. */
const forms: [string, string][] = [
  ["bare lines", [application, access, zot].join("\n")],
  ["lines that end as on Windows", [application, access, zot].join("\r\n")],
  [
    "Vector, as lines",
    [application, access, zot]
      .map((message) =>
        JSON.stringify({
          file: "/var/log/r",
          host: "n",
          message,
          source_type: "file",
          timestamp: "2026-05-01T10:00:01Z",
        }),
      )
      .join("\n"),
  ],
  [
    "Vector, as an array",
    JSON.stringify(
      [application, access, zot].map((message) => ({ message, timestamp: "2026-05-01T10:00:01Z" })),
    ),
  ],
  [
    "Fluent Bit, json",
    JSON.stringify([application, access, zot].map((log) => ({ date: 1777629601.5, log }))),
  ],
  [
    "Fluent Bit, json_stream",
    [application, access, zot].map((log) => JSON.stringify({ date: 1777629601.5, log })).join(""),
  ],
  [
    "docker's json-file",
    [application, access, zot]
      .map((line) =>
        JSON.stringify({ log: `${line}\n`, stream: "stdout", time: "2026-05-01T10:00:01.123456789Z" }),
      )
      .join("\n"),
  ],
  [
    "docker's json-file inside Fluent Bit",
    JSON.stringify(
      [application, access, zot].map((line) => ({
        date: 1,
        log: JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-05-01T10:00:01.123456789Z" }),
      })),
    ),
  ],
  [
    "a container's lines on a Kubernetes node",
    [application, access, zot].map((line) => `2026-05-01T10:00:01.123456789Z stdout F ${line}`).join("\n"),
  ],
  ["docker compose logs", [`registry-1  | ${application}`, access, `registry-1  | ${zot}`].join("\n")],
  [
    "taken apart by the shipper",
    JSON.stringify([
      { date: 1, ...fields },
      { message: access },
      { date: 1, log_processed: JSON.parse(zot) },
    ]),
  ],
  [
    "an object in an object",
    [{ event: { message: application } }, { textPayload: access }, { jsonPayload: JSON.parse(zot) }]
      .map((one) => JSON.stringify(one))
      .join("\n"),
  ],
  ["an array of texts", JSON.stringify([application, access, zot])],
  [
    "printed over several lines",
    JSON.stringify([{ log: application }, { log: access }, { log: zot }], null, 2),
  ],
  [
    "Filebeat",
    [application, access, zot]
      .map((message, index) =>
        JSON.stringify({
          "@timestamp": "2026-05-01T10:00:01Z",
          message,
          log: { offset: index, file: { path: "/var/log/r" } },
        }),
      )
      .join("\n"),
  ],
  [
    "OTLP with the line as text",
    otlp(
      [application, access, zot].map((line) => ({
        timeUnixNano: "1777629601000000000",
        body: { stringValue: line },
      })),
    ),
  ],
  [
    "OTLP with the line taken apart",
    otlp([
      { body: { kvlistValue: { values: toPairs(fields) } } },
      { body: { stringValue: access } },
      { body: { stringValue: zot }, attributes: [] },
    ]),
  ],
  [
    "OTLP with the line in attributes",
    otlp([
      { body: { stringValue: application }, attributes: toPairs(fields) },
      { body: { stringValue: access } },
      { body: { stringValue: zot } },
    ]),
  ],
];

describe("the body of a shipper", () => {
  it.each(forms)("%s", (_name, body) => {
    const told = parse(body);
    expect(told.signals.map(formatSignal)).toEqual(three);
    expect([told.ignored, told.unreadable]).toEqual([0, 0]);
    expect(parse(Buffer.from(`\ufeff${body}\n`)).signals).toEqual(told.signals);
  });

  it("is nothing when it is empty", () => {
    for (const body of ["", " \n\n", "[]", '{"resourceLogs":[]}']) {
      expect(parse(body)).toEqual({ signals: [], ignored: 0, unreadable: 0 });
    }
  });

  it("is counted as unreadable where it is in a form that we do not take", () => {
    for (const type of ["application/x-protobuf", "application/msgpack"]) {
      expect(parse(application, type)).toEqual({ signals: [], ignored: 0, unreadable: 1 });
    }
  });

  it("keeps good lines among bad ones", () => {
    const long = "x".repeat(257 * 1024);
    const bad = [
      application.slice(0, 100),
      "not a log line",
      "{}",
      "[1]",
      "\u0000\u0001",
      long,
      JSON.stringify({ log: long }),
      JSON.stringify({ "http.request.method": "GET", msg: long }),
      '{"a":'.repeat(1_000),
      `${"[".repeat(50_000)}1${"]".repeat(50_000)}`,
      "[".repeat(50_000),
    ];
    const told = parse([bad[0], application, ...bad.slice(1), access, zot].join("\n"));
    expect(told.signals.map(formatSignal)).toEqual(three);
    expect(told.unreadable).toBe(bad.length);
  });

  it("keeps the whole objects of an array that was cut off or broken", () => {
    const items = [application, access, zot].map((log) => JSON.stringify({ log }));
    const cut = parse(`[${items.join(",")},{"log":"10.0.0`);
    expect(cut.signals.map(formatSignal)).toEqual(three);
    expect(cut.unreadable).toBe(1);
    const broken = parse(`[${items[0]},{"log":nothing},${items[1]},${items[2]}]`);
    expect(broken.signals.map(formatSignal)).toEqual(three);
    expect(broken.unreadable).toBe(1);
  });

  it("counts what no log can be without looking at each of a million lines", () => {
    const told = parse("x\n".repeat(1_000_000));
    expect(told).toEqual({ signals: [], ignored: 0, unreadable: 1_000_000 });
    expect(parse('{"a":1}'.repeat(200_000)).unreadable).toBe(200_000);
  });

  it("takes a line just short of the limit", () => {
    const agent = "x".repeat(255 * 1024);
    const [signal] = parse(distributionLine("response completed", { status: 200, agent })).signals;
    expect(signal?.agent?.length).toBe(400);
    expect(signal?.raw).toBe("{}");
  });

  it("cleans what Postgres cannot keep, wherever a text is cut", () => {
    const evil = `${"e".repeat(399)}😀\ud800\u0000`;
    const line = JSON.stringify({
      ...distributionFields("error authorizing context: \u0000 insufficient scope \udc00", {
        agent: evil,
        user: evil,
      }),
      [evil]: { [evil]: [evil] },
    });
    const [signal] = parse(line).signals;
    expect(signal?.agent).toHaveLength(400);
    const text = JSON.stringify(signal);
    expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    expect(JSON.parse(signal?.raw ?? "")).toBeTypeOf("object");
    expect(signal?.raw).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  });

  it("keeps no secret in a message", () => {
    const [signal] = parse(
      distributionLine("error authorizing context: insufficient scope: Bearer eyJhbGciOiJFUzI1NiJ9.e30.x"),
    ).signals;
    expect(signal?.message).not.toContain("eyJh");
  });
});

describe("the identity of a line", () => {
  const idOf = (body: string) => parse(body).signals.map((signal) => signal.eventId);

  it("is the registry's own where it has one, in whatever form it came", () => {
    const ids = new Set(forms.map(([, body]) => idOf(body)[0]));
    expect([...ids]).toEqual(["log:request:request-one"]);
    expect(idOf(logfmtLine("response completed with error", missing))).toEqual([...ids]);
  });

  it.each([
    ["Vector", (offset: number) => ({ message: access, file: "/var/log/r", offset })],
    ["Fluent Bit", (offset: number) => ({ log: access, path: "/var/log/r", offset })],
    [
      "docker",
      (offset: number) => ({ log: access, stream: "stdout", time: `2026-05-01T10:00:01.00000000${offset}Z` }),
    ],
    ["Filebeat", (offset: number) => ({ message: access, log: { offset, file: { path: "/var/log/r" } } })],
    ["a uid", (offset: number) => ({ message: access, "log.record.uid": `uid-${offset}` })],
    ["the journal", (offset: number) => ({ MESSAGE: access, __CURSOR: `s=${offset}` })],
  ])("is the place of the line with %s", (_name, wrap) => {
    const one = JSON.stringify(wrap(1));
    const other = JSON.stringify(wrap(2));
    expect(idOf(`${one}\n${one}\n${other}`)).toHaveLength(2);
    expect(idOf(one)).toEqual(idOf(one));
    expect(idOf(one)[0]).toMatch(/^access-log:place:[0-9a-f]{64}$/);
  });

  it("is the place of the line in OTLP", () => {
    const record = (offset: number) => ({
      body: { stringValue: access },
      attributes: toPairs({ "log.file.path": "/var/log/r", "log.file.record_offset": offset }),
    });
    expect(idOf(otlp([record(1), record(1), record(2)]))).toHaveLength(2);
  });

  it("is another one in a file that was rotated and has the same name", () => {
    const wrap = (message: string) => JSON.stringify({ message, file: "/var/log/r", offset: 0 });
    const later = combinedLine({ uri: "/v2/team/web/manifests/v1", time: "02/May/2026:10:00:00 +0000" });
    expect(idOf(wrap(access))).not.toEqual(idOf(wrap(later)));
  });

  it("is what the line says where nothing else is known, so that equal ones in one second are one", () => {
    expect(idOf(`${access}\n${access}`)).toHaveLength(1);
    expect(idOf(access)).toEqual(
      idOf(JSON.stringify({ message: access, timestamp: "2026-05-01T10:00:09Z" })),
    );
    expect(idOf(combinedLine({ status: 401 }))).not.toEqual(idOf(combinedLine({ status: 404 })));
    expect(idOf(access)[0]).toMatch(/^access-log:line:[0-9a-f]{64}$/);
  });
});
