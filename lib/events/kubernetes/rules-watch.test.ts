import { describe, expect, it } from "vitest";
import {
  describeGap,
  evaluateWait,
  isResumable,
  readListPage,
  readWatchLine,
} from "#lib/events/kubernetes/rules-watch";

const event = { kind: "Event", metadata: { uid: "u", resourceVersion: "7" }, reason: "Failed" };
const line = (type: unknown, object: unknown) => JSON.stringify({ type, object });

describe("readWatchLine", () => {
  it.each([
    ["ADDED", "event"],
    ["MODIFIED", "event"],
    ["DELETED", "passed"],
    ["BOOKMARK", "passed"],
  ])("%s is %s, and tells how far the watch is", (type, kind) => {
    expect(readWatchLine(line(type, event))).toMatchObject({ kind, resourceVersion: "7" });
  });

  it("tells a forgotten position from other errors", () => {
    expect(readWatchLine(line("ERROR", { code: 410 }))).toEqual({ kind: "gone" });
    expect(readWatchLine(line("ERROR", { code: 500 }))).toEqual({ kind: "failed", code: 500 });
    expect(readWatchLine(line("ERROR", {}))).toEqual({ kind: "failed", code: 0 });
  });

  it.each(["", "{", "null", "[]", '"ADDED"', line("ADDED", null), line("OTHER", event), line(null, event)])(
    "cannot read %j",
    (text) => {
      expect(readWatchLine(text)).toEqual({ kind: "unreadable" });
    },
  );

  it("takes no odd thing for a position", () => {
    for (const resourceVersion of [7, "", "a b", "x".repeat(201), null])
      expect(readWatchLine(line("BOOKMARK", { metadata: { resourceVersion } }))).toEqual({
        kind: "passed",
        resourceVersion: null,
      });
  });
});

describe("readListPage", () => {
  it("gives items the kind that lists leave out", () => {
    const text = JSON.stringify({
      metadata: { resourceVersion: "9", continue: "" },
      items: [{ reason: "x" }, 1],
    });
    expect(readListPage(text)).toEqual({
      events: [{ kind: "Event", reason: "x" }],
      resourceVersion: "9",
      next: null,
    });
  });

  it("reads an empty list, and no other document", () => {
    expect(readListPage('{"metadata":{"resourceVersion":"1"},"items":null}')?.events).toEqual([]);
    for (const text of ["", "[]", "{}", '{"items":{}}']) expect(readListPage(text)).toBeNull();
  });
});

describe("evaluateWait", () => {
  const pace = { firstMs: 100, longestMs: 1_000 };

  it("grows, with a half of it left to chance, up to the longest", () => {
    expect(evaluateWait(0, pace, 1)).toBe(0);
    expect([0, 1].map((random) => evaluateWait(1, pace, random))).toEqual([50, 100]);
    expect([0, 1].map((random) => evaluateWait(3, pace, random))).toEqual([200, 400]);
    expect([0, 1].map((random) => evaluateWait(1e9, pace, random))).toEqual([500, 1_000]);
  });
});

describe("a position", () => {
  const at = new Date("2026-05-01T10:00:00Z");
  const position = { resourceVersion: "7", at };
  const later = (minutes: number) => new Date(at.getTime() + minutes * 60_000);

  it("is gone on from for minutes", () => {
    expect(isResumable(position, later(10))).toBe(true);
    expect(isResumable(position, later(11))).toBe(false);
    expect(isResumable(null, at)).toBe(false);
  });

  it("leaves a gap when it is older than what a cluster remembers", () => {
    expect(describeGap(null, at)).toBeNull();
    expect(describeGap(position, later(60))).toBeNull();
    expect(describeGap(position, later(61))).toContain(
      "from 2026-05-01T10:00:00.000Z to 2026-05-01T11:01:00.000Z",
    );
  });
});
