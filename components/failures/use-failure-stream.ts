"use client";

import { useEffect, useRef, useState } from "react";

const patienceMs = 8_000;
const againMs = 5_000;
/** The clocks of server, database and browser differ a little. */
const slackMs = 3_000;

/**
 * Hears from the server when any failure changed, and says so at most once a second. While the page is hidden nothing is
 * heard: browsers open few streams to one host. `loadedAt` tells when what is shown was asked for. Returns since when
 * the server is away, or null.
 */
export function useFailureStream(onChange: () => void, loadedAt: () => number): string | null {
  const [awaySince, setAwaySince] = useState<string | null>(null);
  const told = useRef({ onChange, loadedAt });
  useEffect(() => {
    told.current = { onChange, loadedAt };
  });

  useEffect(() => {
    let source: EventSource | null = null;
    let known: string | null = null;
    let patience: ReturnType<typeof setTimeout> | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;

    const tell = throttle(() => told.current.onChange(), 1_000);
    const onHere = () => {
      clearTimeout(patience);
      patience = undefined;
      setAwaySince(null);
    };
    const onState = (event: MessageEvent<string>) => {
      // The first word of each stream: something may have changed before it, or between two of them.
      const isMissed =
        known === null ? isLater(event.data, told.current.loadedAt() - slackMs) : known !== event.data;
      if (isMissed) tell.call();
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

/** Whether a time as Postgres writes it, such as `2026-11-28 10:00:00.123+00`, is later than that. */
function isLater(text: string, than: number): boolean {
  if (text === "") return false;
  const time = Date.parse(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  return Number.isNaN(time) || time > than;
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
