"use client";

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";

const RenderedAt = createContext(0);

const every = 10_000;
let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

// One timer for every relative time on the page.
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    // A page that has just come keeps the server's time until the first step: or every time would be drawn twice.
    if (now !== 0 || performance.now() > every) now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, every);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Tells the first client render the server's time, so that the HTML and the hydration say the same. */
export function ClockProvider({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return <RenderedAt value={renderedAt}>{children}</RenderedAt>;
}

/** The current time in steps of ten seconds. */
export function useNow(): number {
  const renderedAt = useContext(RenderedAt);
  return useSyncExternalStore(
    subscribe,
    () => (now === 0 ? renderedAt : now),
    () => renderedAt,
  );
}
