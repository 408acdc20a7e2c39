import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRegistryLogs } from "#lib/events/logs/parse-registry-logs";
import { combinedLine, distributionLine, logfmtLine, zotLine } from "#lib/events/testing/log-lines";
import { failureCauseSchema } from "#lib/failures/schema";
import { isRepositoryName } from "#lib/oci/reference";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const receivedAt = new Date("2026-05-01T10:00:05Z");
const parse = (body: string, contentType: string | null = null) =>
  parseRegistryLogs(body, contentType, receivedAt);
const runs = { numRuns: fuzzRuns(300, 20_000) };

const method = fc.constantFrom("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE");
const digest = `sha256:${"c".repeat(64)}`;
const uri = fc.constantFrom(
  "/v2/",
  "/v2/team/api/manifests/v1",
  `/v2/team/api/manifests/${digest}`,
  `/v2/team/api/blobs/${digest}`,
  "/v2/team/api/blobs/uploads/x",
  `/v2/team/api/manifests/sha256-${"c".repeat(64)}`,
  "/v2/a/manifests/%00",
);
const status = fc.constantFrom(
  200,
  201,
  202,
  304,
  307,
  400,
  401,
  403,
  404,
  405,
  412,
  416,
  429,
  499,
  500,
  503,
);
const message = fc.constantFrom(
  "response completed",
  "response completed with error",
  "error authorizing context: authorization token required",
  "error authorizing context: insufficient scope",
  "error authorizing context: invalid token",
);
const code = fc.constantFrom("manifest unknown", "BLOB_UNKNOWN", "denied", "unauthorized", "name invalid");
const options = fc.record({
  method,
  uri,
  status,
  id: fc.integer({ min: 0, max: 9 }).map((n) => `request-${n}`),
});
const line = fc.oneof(
  fc
    .tuple(message, options, code)
    .map(([text, one, error]) => distributionLine(text, { ...one, code: error })),
  fc.tuple(message, options, code).map(([text, one, error]) => logfmtLine(text, { ...one, code: error })),
  options.map((one) => combinedLine(one)),
  options.map((one) => zotLine(one)),
);
const bad = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }).map((text) => text.replaceAll("\n", " ")),
  fc.json().map((text) => text.replaceAll("\n", " ")),
  fc.tuple(line, fc.integer({ min: 1, max: 60 })).map(([text, cut]) => text.slice(0, cut)),
);

/** The signals in an order of their own. */
const sorted = (body: string) =>
  parse(body)
    .signals.map((signal) => JSON.stringify(signal))
    .sort();

describe("any log", () => {
  it("throws on no text, and tells nothing that cannot be kept", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.json(),
          fc.array(fc.oneof(line, bad)).map((lines) => lines.join("\n")),
          fc.array(line).map((lines) => JSON.stringify(lines.map((log) => ({ log, date: 1.5 })))),
        ),
        fc.constantFrom(null, "text/plain", "application/json"),
        (body, contentType) => {
          for (const signal of parse(body, contentType).signals) {
            expect(isRepositoryName(signal.repository ?? "")).toBe(true);
            expect(signal.cause === null || failureCauseSchema.safeParse(signal.cause).success).toBe(true);
            expect(signal.at.getTime()).not.toBeNaN();
            expect(signal.eventId.length).toBeLessThanOrEqual(200);
            expect(Buffer.byteLength(signal.raw)).toBeLessThanOrEqual(16 * 1024);
            expect(JSON.stringify(signal)).not.toMatch(/(?<!\\)\\u0000/);
          }
        },
      ),
      runs,
    );
  });

  it("throws on no line in which bytes were changed", () => {
    fc.assert(
      fc.property(line, fc.nat(), fc.string({ unit: "binary", maxLength: 5 }), (text, at, put) => {
        const place = at % text.length;
        const changed = `${text.slice(0, place)}${put}${text.slice(place + 1)}`;
        const told = parse(changed);
        expect(told.signals.length + told.ignored + told.unreadable).toBeGreaterThan(0);
      }),
      runs,
    );
  });

  it("keeps each good line among bad ones", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.array(bad, { maxLength: 8 }), (good, worse) => {
        const mixed = [...good];
        for (const [index, one] of worse.entries()) mixed.splice((index * 3) % (mixed.length + 1), 0, one);
        const all = new Set(parse(mixed.join("\n")).signals.map((signal) => signal.eventId));
        for (const { eventId } of parse(good.join("\n")).signals) expect(all).toContain(eventId);
      }),
      runs,
    );
  });

  it("says the same in any order and any number of times", () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 10 }).chain((lines) => {
          const twice = [...lines, ...lines];
          return fc.tuple(
            fc.constant(lines),
            fc.shuffledSubarray(twice, { minLength: twice.length, maxLength: twice.length }),
          );
        }),
        ([lines, shuffled]) => {
          expect(sorted(shuffled.join("\n"))).toEqual(sorted(lines.join("\n")));
        },
      ),
      runs,
    );
  });
});
