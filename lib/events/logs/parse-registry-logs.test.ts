import { describe, expect, it } from "vitest";
import { parseRegistryLogs } from "#lib/events/logs/parse-registry-logs";
import {
  combinedLine,
  distributionFields,
  distributionLine,
  formatSignal,
  type LineOptions,
  logfmtLine,
  zotLine,
} from "#lib/events/testing/log-lines";

const receivedAt = new Date("2026-05-01T10:00:05Z");
const digest = `sha256:${"a".repeat(64)}`;
const manifest = "/v2/team/api/manifests/v9";
const blob = `/v2/team/api/blobs/${digest}`;
const upload = "/v2/team/api/blobs/uploads/0f9b?_state=abc";
const parse = (body: string) => parseRegistryLogs(body, "text/plain", receivedAt);
const tell = (body: string) => parse(body).signals.map(formatSignal);

describe("distribution's application log", () => {
  const failed = "response completed with error";
  const refused = (reason: string) => `error authorizing context: ${reason}`;
  const table: [string, string[], Parameters<typeof distributionFields>][] = [
    ["a missing tag", ["pull team/api:v9 not-found"], [failed, { status: 404, code: "manifest unknown" }]],
    ["in old words", ["pull team/api:v9 not-found"], [failed, { status: 404, code: "MANIFEST_UNKNOWN" }]],
    ["a missing repository", ["pull team/api:v9 not-found"], [failed, { status: 404, code: "name unknown" }]],
    [
      "a digest",
      ["pull team/api@digest not-found"],
      [failed, { status: 404, code: "manifest unknown", uri: `/v2/team/api/manifests/${digest}` }],
    ],
    [
      "HEAD, before a push or a pull",
      ["pull team/api:v9 not-found?"],
      [failed, { status: 404, code: "manifest unknown", method: "HEAD" }],
    ],
    [
      "a client that does not take the media type",
      ["pull team/api:v9 unknown"],
      [
        failed,
        {
          status: 404,
          code: "manifest unknown",
          detail: "OCI manifest found, but accept header does not support OCI manifests",
        },
      ],
    ],
    [
      "a missing blob",
      ["pull team/api@digest content-missing"],
      [failed, { status: 404, code: "blob unknown", uri: blob }],
    ],
    [
      "a blob asked for before a push",
      [],
      [failed, { status: 404, code: "blob unknown", uri: blob, method: "HEAD" }],
    ],
    ["too many requests", ["pull team/api:v9 throttled"], [failed, { status: 429, code: "toomanyrequests" }]],
    ["a broken store", ["pull team/api:v9 registry-error"], [failed, { status: 500, code: "unknown" }]],
    ["unavailable", ["pull team/api:v9 registry-error"], [failed, { status: 503, code: "unavailable" }]],
    ["a client that went away", [], [failed, { status: 500, code: "unknown", detail: "context canceled" }]],
    [
      "a tag that is none",
      ["pull team/api malformed-reference"],
      [failed, { status: 400, code: "tag invalid", uri: "/v2/team/api/manifests/-x" }],
    ],
    ["denied", ["pull team/api:v9 no-grant"], [failed, { status: 403, code: "denied" }]],
    [
      "denied by a policy that says so",
      ["pull team/api:v9 blocked-by-policy"],
      [failed, { status: 412, code: "denied", detail: "current image is blocked by policy of the project" }],
    ],
    ["the first request of everybody", [], [refused("authorization token required"), {}]],
    ["a token without the right", ["pull team/api:v9 no-grant"], [refused("insufficient scope"), {}]],
    ["a token that is no good", ["pull team/api:v9 unauthorized"], [refused("invalid token"), {}]],
    ["a token that expired", ["pull team/api:v9 credentials-expired"], [refused("token is expired"), {}]],
    ["what is no token", ["pull team/api:v9 unauthorized"], [refused("malformed token"), {}]],
    [
      "a wrong password",
      ["pull team/api:v9 wrong-credentials"],
      [refused('basic authentication challenge for realm "r": authentication failure'), {}],
    ],
    [
      "no password yet",
      ["pull team/api:v9 unauthorized?"],
      [refused('basic authentication challenge for realm "r": invalid authorization credential'), {}],
    ],
    [
      "a push without the right",
      ["push team/api:v9 no-grant"],
      [refused("insufficient scope"), { method: "PUT" }],
    ],
    [
      "an upload without the right",
      ["push team/api no-grant"],
      [refused("insufficient scope"), { method: "POST", uri: upload }],
    ],
    [
      "a manifest without its blobs",
      ["push team/api:v9 content-missing"],
      [failed, { status: 400, code: "manifest blob unknown", method: "PUT" }],
    ],
    [
      "bytes other than said",
      ["push team/api digest-mismatch"],
      [failed, { status: 400, code: "digest invalid", method: "PUT", uri: upload }],
    ],
    ["a pull", ["pull team/api:v9 ok"], ["response completed", { status: 200 }]],
    ["a pull of what the client has", ["pull team/api:v9 ok"], ["response completed", { status: 304 }]],
    ["a push", ["push team/api:v9 ok"], ["response completed", { status: 201, method: "PUT" }]],
    [
      "a deletion",
      ["delete team/api@digest ok"],
      ["response completed", { status: 202, method: "DELETE", uri: `/v2/team/api/manifests/${digest}` }],
    ],
    ["a deletion that is switched off", [], [failed, { status: 405, code: "unsupported", method: "DELETE" }]],
    ["a deletion without the right", [], [refused("insufficient scope"), { method: "DELETE" }]],
    ["a blob", [], ["response completed", { status: 200, uri: blob }]],
    ["an upload", [], ["response completed", { status: 202, method: "POST", uri: upload }]],
    ["let in, and not answered yet", [], ["authorized request", {}]],
    [
      "referrers",
      [],
      [failed, { status: 404, code: "name unknown", uri: `/v2/team/api/referrers/${digest}` }],
    ],
    [
      "the tag of referrers",
      [],
      [
        failed,
        { status: 404, code: "manifest unknown", uri: `/v2/team/api/manifests/sha256-${"b".repeat(64)}` },
      ],
    ],
    [
      "an old signature",
      [],
      [
        failed,
        { status: 404, code: "manifest unknown", uri: `/v2/team/api/manifests/sha256-${"b".repeat(64)}.sig` },
      ],
    ],
    ["the catalogue", [], [refused("insufficient scope"), { uri: "/v2/_catalog" }]],
    ["the first address", [], [refused("invalid token"), { uri: "/v2/" }]],
    ["tags", [], ["response completed", { status: 200, uri: "/v2/team/api/tags/list" }]],
    [
      "no repository name",
      [],
      [failed, { status: 404, code: "name unknown", uri: "/v2/Team/API/manifests/v1" }],
    ],
    ["a path that is no text", [], [failed, { status: 404, uri: "/v2/team/api/manifests/%ff" }]],
    [
      "a repository called like a part of a path",
      ["pull a/manifests/blobs:v1 not-found"],
      [failed, { status: 404, uri: "/v2/a/manifests/blobs/manifests/v1" }],
    ],
    [
      "below a prefix, with a written digest",
      ["pull team/api@digest not-found"],
      [failed, { status: 404, uri: `/registry/v2/team/api/manifests/${encodeURIComponent(digest)}?ns=x` }],
    ],
  ];
  it.each(table)("%s", (_name, expected, parts) => {
    expect(tell(distributionLine(...parts))).toEqual(expected);
    expect(tell(logfmtLine(...parts))).toEqual(expected);
  });

  it("says who, from where, with what, when and why", () => {
    const line = distributionLine(failed, {
      status: 404,
      code: "manifest unknown",
      detail: "unknown tag=v9",
      user: "ci",
      id: "7b0c3b6e-0000-4000-8000-000000000001",
      address: "[fd00::9]:4711",
    });
    expect(parse(line).signals).toEqual([
      {
        eventId: "log:request:7b0c3b6e-0000-4000-8000-000000000001",
        side: "log",
        action: "pull",
        cause: "not-found",
        provisional: false,
        repository: "team/api",
        tag: "v9",
        digest: null,
        mediaType: null,
        actor: "ci",
        address: "fd00::9",
        agent: "containerd/2.1",
        cluster: null,
        namespace: null,
        workload: null,
        node: null,
        message: "manifest unknown: unknown tag=v9",
        count: 1,
        at: new Date("2026-05-01T10:00:00.123Z"),
        lastAt: new Date("2026-05-01T10:00:00.123Z"),
        raw: line,
      },
    ]);
  });

  it("is one signal for a request with several lines: the one that says why", () => {
    const lines = [
      distributionLine(failed, { id: "request-of-old", status: 401, code: "UNAUTHORIZED" }),
      distributionLine(refused("insufficient scope"), { id: "request-of-old" }),
    ];
    expect(tell(lines.join("\n"))).toEqual(["pull team/api:v9 no-grant"]);
    expect(tell(lines.toReversed().join("\n"))).toEqual(["pull team/api:v9 no-grant"]);
  });

  it("reads what has no path from the variables", () => {
    const { "http.request.uri": _uri, ...fields } = distributionFields(failed, {
      status: 404,
      code: "manifest unknown",
      vars: { name: "library/web", reference: "v2" },
    });
    expect(tell(JSON.stringify(fields))).toEqual(["pull library/web:v2 not-found"]);
  });

  it("reads the form of logstash", () => {
    const { msg, time, ...fields } = distributionFields(failed, { status: 404 });
    const [signal] = parse(JSON.stringify({ ...fields, message: msg, "@timestamp": time })).signals;
    expect(signal?.at).toEqual(new Date("2026-05-01T10:00:00.123Z"));
  });
});

describe("an access log", () => {
  const table: [string, string[], LineOptions][] = [
    ["a missing tag", ["pull team/api:v9 not-found"], { status: 404 }],
    ["HEAD", ["pull team/api:v9 not-found?"], { status: 404, method: "HEAD" }],
    ["401, of which nobody knows more", ["pull team/api:v9 unauthorized?"], { status: 401 }],
    ["401 of a push", ["push team/api:v9 unauthorized?"], { status: 401, method: "PUT" }],
    ["403", ["pull team/api:v9 no-grant"], { status: 403 }],
    ["a missing blob", ["pull team/api@digest content-missing"], { status: 404, uri: blob }],
    ["a broken download at its end", [], { status: 416, uri: blob }],
    ["a redirect", [], { status: 307, uri: blob }],
    ["a pull", ["pull team/api:v9 ok"], { status: 200 }],
    ["the first address", [], { status: 401, uri: "/v2/" }],
    [
      "a tag that is none",
      ["pull team/api malformed-reference"],
      { status: 400, uri: "/v2/team/api/manifests/-x" },
    ],
    ["400 of something else", ["pull team/api:v9 unknown"], { status: 400 }],
    ["a client that went away", [], { status: 499 }],
    ["a page", [], { status: 404, uri: "/favicon.ico" }],
  ];
  it.each(table)("%s", (_name, expected, options) => {
    expect(tell(combinedLine(options))).toEqual(expected);
  });

  it("says who, from where, with what and when", () => {
    const line = combinedLine({
      address: "fd00::9",
      user: "ci",
      agent: 'x \\"y\\"',
      time: "01/May/2026:12:00:00 +0200",
    });
    const [signal] = parse(line).signals;
    expect(signal).toMatchObject({
      side: "access-log",
      address: "fd00::9",
      actor: "ci",
      agent: 'x "y"',
      at: new Date("2026-05-01T10:00:00Z"),
      message: `GET ${manifest}: 404 Not Found`,
      raw: JSON.stringify({ line }),
    });
  });

  it("believes no line inside the name of a client", () => {
    const inner = combinedLine({ uri: "/v2/forged/manifests/v1" }).replaceAll('"', '\\"');
    expect(tell(combinedLine({ status: 200, uri: "/v2/", agent: inner }))).toEqual([]);
    expect(tell(`x ${combinedLine({ status: 200, uri: "/v2/", agent: inner })}`)).toEqual([]);
  });
});

describe("zot's log", () => {
  const table: [string, string[], Parameters<typeof zotLine>[0]][] = [
    ["a missing tag", ["pull team/api:v9 not-found"], { status: 404 }],
    ["HEAD", ["pull team/api:v9 not-found?"], { status: 404, method: "HEAD" }],
    ["401 without a token", ["pull team/api:v9 unauthorized?"], { status: 401, token: false }],
    ["401 with a token, about which it says nothing", ["pull team/api:v9 unauthorized?"], { status: 401 }],
    ["403", ["pull team/api:v9 no-grant"], { status: 403, user: "reader" }],
    ["a missing blob", ["pull team/api@digest content-missing"], { status: 404, uri: blob }],
    ["a push", ["push team/api:v9 ok"], { status: 201, method: "PUT" }],
    ["a deletion", ["delete team/api:v9 ok"], { status: 202, method: "DELETE" }],
    ["the first address", [], { status: 401, uri: "/v2/", token: false }],
    ["a search", [], { status: 200, uri: "/v2/_zot/ext/search?query=x" }],
  ];
  it.each(table)("%s", (_name, expected, options) => {
    expect(tell(zotLine(options))).toEqual(expected);
  });

  it("says who, from where and with what", () => {
    const [signal] = parse(zotLine({ user: "ci" })).signals;
    expect(signal).toMatchObject({ side: "log", actor: "ci", address: "10.0.0.9", agent: "containerd/2.1" });
  });

  it("ignores what is no request", () => {
    const lines = [
      '{"time":"2026-05-01T10:00:00Z","level":"info","message":"event published successfully","caller":"x"}',
      '{"time":"2026-05-01T10:00:00Z","level":"info","message":"HTTP API Audit","subject":"ci","action":"PUT","object":"/v2/a/manifests/v1","status":201}',
    ];
    expect(parse(lines.join("\n"))).toEqual({ signals: [], ignored: 2, unreadable: 0 });
  });
});

describe("times", () => {
  it.each([
    ["missing", ""],
    ["no time", "yesterday"],
    ["before there were registries", "2011-01-01T00:00:00Z"],
    ["more than a year ahead", "2028-01-01T00:00:00Z"],
  ])("%s: when it came", (_name, time) => {
    const fields = { ...distributionFields("response completed", { status: 200 }), time };
    expect(parse(JSON.stringify(fields)).signals[0]?.at).toEqual(receivedAt);
  });
});
