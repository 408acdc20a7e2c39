import { describe, expect, it } from "vitest";
import { parseEnvelope } from "#lib/events/parse-envelope";

const receivedAt = new Date("2026-05-01T10:00:00Z");

function parseOne(more: object) {
  const event = {
    id: "event",
    timestamp: "2026-05-01T09:59:59Z",
    action: "push",
    target: { repository: "team/api", tag: "v1", digest: `sha256:${"a".repeat(64)}` },
    ...more,
  };
  return parseEnvelope(JSON.stringify({ events: [event] }), receivedAt).signals[0];
}

describe("what Postgres cannot keep", () => {
  it("is cleaned where a text is cut, and in names of fields", () => {
    const half = "e".repeat(399);
    const notice = parseOne({
      request: { useragent: `${half}😀` },
      "\ud800": { "\u0000": "\udc00" },
    });
    expect(notice?.agent).toBe(`${half}\ufffd`);
    expect(notice?.raw).toContain("team/api");
    expect(notice?.raw).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  });

  it("is left out where it lies too deep", () => {
    const depth = 50_000;
    const text = `{"events":[{"id":"x","action":"push","deep":${'{"a":'.repeat(depth)}1${"}".repeat(depth)},"target":{"repository":"team/api","tag":"v1","digest":"sha256:${"a".repeat(64)}"}}]}`;
    expect(parseEnvelope(text, receivedAt).signals).toHaveLength(1);
  });
});

it("keeps the address of a client as it is written, without its port", () => {
  const addressOf = (addr: string) => parseOne({ request: { addr } })?.address;
  expect(addressOf("10.0.0.9:4711")).toBe("10.0.0.9");
  expect(addressOf("[fd00::1]:4711")).toBe("fd00::1");
  expect(addressOf("fd00::1")).toBe("fd00::1");
});
