import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type KnownMove,
  planTagMoves,
  type ToldDeletion,
  type ToldMove,
} from "#lib/inventory/plan-tag-moves";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

type Told = { kind: "move"; move: ToldMove } | { kind: "deletion"; deletion: ToldDeletion };

/** A history in memory, changed event by event as the store would change it. */
function replay(events: readonly Told[], seen: readonly KnownMove[] = []): KnownMove[] {
  let moves = [...seen];
  let nextId = 1_000;
  const deletions: ToldDeletion[] = [];
  for (const event of events) {
    if (event.kind === "deletion") deletions.push(event.deletion);
    const plan = planTagMoves(moves, event.kind === "move" ? [event.move] : [], deletions);
    moves = moves.filter((move) => !plan.remove.includes(move.id));
    for (const { id, told } of plan.upgrade)
      moves = moves.map((move) => (move.id === id ? { ...told, id, atSeen: false } : move));
    for (const told of plan.insert) moves.push({ ...told, id: nextId++, atSeen: false });
  }
  return moves.sort((a, b) => a.at.getTime() - b.at.getTime());
}

const shape = (moves: readonly KnownMove[]) =>
  moves.map(({ digest, at, atSeen, eventId }) => ({ digest, at: at.getTime(), atSeen, eventId }));

const minute = 60_000;
const events = fc
  .array(
    fc.record({
      what: fc.constantFrom("push", "untag", "delete-manifest"),
      digest: fc.constantFrom("sha256:a", "sha256:b", "sha256:c"),
    }),
    { maxLength: 7 },
  )
  .map((list) =>
    list.map(({ what, digest }, index): Told => {
      const common = { at: new Date((index + 1) * 10 * minute), eventId: `event-${index}`, actor: null };
      if (what === "delete-manifest") return { kind: "deletion", deletion: { ...common, digest } };
      return { kind: "move", move: { ...common, digest: what === "untag" ? null : digest } };
    }),
  );

describe("planTagMoves", () => {
  it("E2 E3: any order and any repetition of events gives the same history", () => {
    fc.assert(
      fc.property(
        events.chain((list) =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray([...list, ...list], {
              minLength: list.length * 2,
              maxLength: list.length * 2,
            }),
          ),
        ),
        ([inOrder, shuffled]) => {
          expect(shape(replay(shuffled))).toEqual(shape(replay(inOrder)));
        },
      ),
      { numRuns: fuzzRuns(3_000, 100_000) },
    );
  });

  const crawlRow = (digest: string | null, minutes: number): KnownMove => ({
    id: 1,
    digest,
    at: new Date(minutes * minute),
    atSeen: true,
    eventId: null,
  });
  const push = (digest: string | null, minutes: number, eventId = "e1"): Told => ({
    kind: "move",
    move: { digest, at: new Date(minutes * minute), eventId, actor: "ci" },
  });

  it("a late event turns what the crawl saw into what happened, without a second row", () => {
    const moves = replay([push("sha256:a", 5)], [crawlRow("sha256:a", 9)]);
    expect(shape(moves)).toEqual([{ digest: "sha256:a", at: 5 * minute, atSeen: false, eventId: "e1" }]);
  });

  it("a late event of another digest stands before what the crawl saw", () => {
    const moves = replay([push("sha256:b", 5)], [crawlRow("sha256:a", 9)]);
    expect(moves.map((move) => move.digest)).toEqual(["sha256:b", "sha256:a"]);
  });

  it("a registry's clock a little ahead of ours makes no second row", () => {
    const moves = replay([push("sha256:a", 9.5)], [crawlRow("sha256:a", 9)]);
    expect(moves).toHaveLength(1);
  });

  it("a push long after the crawl is a move of its own", () => {
    const moves = replay([push("sha256:a", 30)], [crawlRow("sha256:a", 9)]);
    expect(moves).toHaveLength(2);
  });

  it("a deletion by digest ends the tag only while it stood there", () => {
    const deletion: Told = {
      kind: "deletion",
      deletion: { digest: "sha256:a", at: new Date(20 * minute), eventId: "d", actor: null },
    };
    expect(replay([push("sha256:a", 5), deletion]).map((move) => move.digest)).toEqual(["sha256:a", null]);
    const moved = replay([push("sha256:a", 5), deletion, push("sha256:b", 10, "e2")]);
    expect(moved.map((move) => move.digest)).toEqual(["sha256:a", "sha256:b"]);
  });
});
