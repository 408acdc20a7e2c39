import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RequestWatch, type Watched } from "#lib/oci/request-watch";

function openRequest(): Watched & { ended: string[] } {
  const ended: string[] = [];
  return {
    deadlineAt: 0,
    ended,
    onDeadline: () => ended.push("deadline"),
    onAbort: () => ended.push("abort"),
  };
}

describe("RequestWatch", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("ends each request at its own deadline, whatever else is under way", () => {
    const watch = new RequestWatch();
    const [first, second, slow, done] = [openRequest(), openRequest(), openRequest(), openRequest()];
    watch.startDeadline(done, 1_000);
    watch.startDeadline(first, 1_000);
    watch.startDeadline(slow, 60_000);
    watch.stopDeadline(done, 1_000);
    vi.advanceTimersByTime(700);
    watch.startDeadline(second, 1_000);
    vi.advanceTimersByTime(299);
    expect(first.ended).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(first.ended).toEqual(["deadline"]);
    expect(second.ended).toEqual([]);
    vi.advanceTimersByTime(700);
    expect(second.ended).toEqual(["deadline"]);
    vi.advanceTimersByTime(58_000);
    expect(slow.ended).toEqual([]);
    vi.advanceTimersByTime(2_000);
    expect(slow.ended).toEqual(["deadline"]);
    expect(done.ended).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps a deadline for a request that begins when the timer of the others is over", () => {
    const watch = new RequestWatch();
    const early = openRequest();
    watch.startDeadline(early, 1_000);
    watch.stopDeadline(early, 1_000);
    vi.advanceTimersByTime(999);
    const late = openRequest();
    watch.startDeadline(late, 1_000);
    vi.advanceTimersByTime(990);
    expect(late.ended).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(late.ended).toEqual(["deadline"]);
  });

  it("ends the requests of a signal, and leaves nothing on it", () => {
    const watch = new RequestWatch();
    const [stopped, other] = [new AbortController(), new AbortController()];
    const [first, second, kept, finished] = [openRequest(), openRequest(), openRequest(), openRequest()];
    for (const request of [first, second, finished]) watch.startSignal(request, stopped.signal);
    watch.startSignal(kept, other.signal);
    watch.stopSignal(finished, stopped.signal);
    stopped.abort();
    expect([first.ended, second.ended]).toEqual([["abort"], ["abort"]]);
    expect([kept.ended, finished.ended]).toEqual([[], []]);
    watch.stopSignal(kept, other.signal);
    for (const { signal } of [stopped, other]) expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
