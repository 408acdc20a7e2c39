"use client";

import { useEffect, useRef, useState } from "react";

const patienceMs = 8_000;
const againMs = 5_000;

/**
 * Hears from the server when any failure changed, and says so at most once a second. While the page is hidden nothing is
 * heard: browsers open few streams to one host. Returns since when the server is away, or null.
 */
export function useFailureStream(onChange: () => void): string | null {
  const [awaySince, setAwaySince] = useState<string | null>(null);
  const told = useRef(onChange);
  useEffect(() => {
    told.current = onChange;
  });

  useEffect(() => {
    let source: EventSource | null = null;
    let known: string | null = null;
    let patience: ReturnType<typeof setTimeout> | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;

    const tell = throttle(() => told.current(), 1_000);
    const onHere = () => {
      clearTimeout(patience);
      patience = undefined;
      setAwaySince(null);
    };
    const onState = (event: MessageEvent<string>) => {
      // The first word of each stream: it may have missed something between two of them.
      if (known !== null && known !== event.data) tell.call();
      known = event.data;
    };
    const open = () => {
      if (source !== null || document.hidden) return;
      source = new EventSource("/api/v1/failures/live");
      source.addEventListener("open", onHere);
      source.addEventListener("state", onState);
      source.addEventListener("change", (event: MessageEvent<string>) => {
        known = event.data;
        tell.call();
      });
      source.addEventListener("error", () => {
        const since = new Date().toISOString();
        patience ??= setTimeout(() => setAwaySince(since), patienceMs);
        // The browser comes back by itself, but not after an answer that is no stream.
        if (source?.readyState !== EventSource.CLOSED) return;
        close();
        again = setTimeout(open, againMs);
      });
    };
    const close = () => {
      source?.close();
      source = null;
      clearTimeout(again);
    };
    const onVisibility = () => {
      if (document.hidden) {
        close();
        onHere();
      } else open();
    };
    open();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      close();
      clearTimeout(patience);
      tell.cancel();
    };
  }, []);
  return awaySince;
}

/** At once, and then at most once in that time, the last call never lost. */
function throttle(deed: () => void, everyMs: number): { call: () => void; cancel: () => void } {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    timer = undefined;
    last = performance.now();
    deed();
  };
  return {
    call: () => {
      if (timer === undefined) timer = setTimeout(run, Math.max(0, last + everyMs - performance.now()));
    },
    cancel: () => clearTimeout(timer),
  };
}
