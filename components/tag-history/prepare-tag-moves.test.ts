import { expect, it } from "vitest";
import type { TagMoveItem } from "#lib/inventory/schema";
import { findPreviousDigest, prepareTagMoves } from "@/components/tag-history/prepare-tag-moves";

const one = `sha256:${"1".repeat(64)}`;
const two = `sha256:${"2".repeat(64)}`;
const open = { mayPutBack: true, disconnected: false };

function move(over: Partial<TagMoveItem>): TagMoveItem {
  return {
    id: "1",
    tag: "v1",
    digest: one,
    previousDigest: null,
    at: "2026-11-20T10:00:00.000Z",
    atSeen: false,
    actor: null,
    source: "event",
    manifestExists: true,
    current: false,
    ...over,
  };
}

function words(over: Partial<TagMoveItem>): string {
  const [row] = prepareTagMoves([move(over)], open);
  return [row?.lead, row?.tail].filter(Boolean).join(" | ");
}

it("says who moved the tag, and what nobody saw", () => {
  expect(words({ actor: "payments-ci" })).toBe("pushed by payments-ci");
  expect(words({})).toBe("pushed");
  expect(words({ source: "crawl", atSeen: true })).toBe("seen | nobody saw the push");
  expect(words({ source: "crawl" })).toBe("pushed | found by a crawl");
  expect(words({ source: "console", actor: "Mira" })).toBe("put back by Mira");
  expect(words({ digest: null, source: "console", actor: "Mira" })).toBe("deleted in the console by Mira");
  expect(words({ digest: null, actor: "ci" })).toBe("deleted by ci");
  expect(words({ digest: null, source: "crawl", atSeen: true })).toBe("found gone | nobody saw the deletion");
});

it("keeps the way back closed with a reason", () => {
  const reason = (over: Partial<TagMoveItem>, context = open) =>
    prepareTagMoves([move(over)], context)[0]?.obstacle;
  expect(reason({})).toBeNull();
  expect(reason({ current: true })).toContain("stands on this digest now");
  expect(reason({ manifestExists: false })).toContain("manifest is gone");
  expect(reason({ digest: null })).toContain("nothing to put back");
  expect(reason({}, { ...open, mayPutBack: false })).toContain("tags.write");
  expect(reason({}, { ...open, disconnected: true })).toContain("disconnected");
});

it("finds what the tag stood on before", () => {
  expect(findPreviousDigest([move({ current: true, previousDigest: two })])).toBe(two);
  expect(findPreviousDigest([move({ current: true }), move({ digest: null }), move({ digest: two })])).toBe(
    two,
  );
  expect(findPreviousDigest([move({ current: true }), move({ digest: one })])).toBeNull();
  expect(findPreviousDigest([])).toBeNull();
});

it("marks only the newest move to the current digest", () => {
  const rows = prepareTagMoves(
    [move({ id: "3", current: true }), move({ id: "2", digest: two }), move({ id: "1", current: true })],
    open,
  );
  expect(rows.map((row) => row.current)).toEqual([true, false, false]);
  expect(rows[2]?.obstacle).toContain("stands on this digest now");
});
