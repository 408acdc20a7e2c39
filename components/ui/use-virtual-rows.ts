"use client";

import {
  type RefObject,
  startTransition,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

interface VirtualRows {
  /** Indexes of the rows to draw. */
  rows: number[];
  /** Heights that stand for the rows above and below those that are drawn. */
  before: number;
  after: number;
  scrollToRow: (index: number) => void;
}

interface Span {
  first: number;
  visible: number;
}

// Rows drawn beyond the window at either end, and the step in which the span moves: a render each four rows.
const overscan = 8;
const step = 4;
/** The bar and the head of the table, which stay in view and cover the top. */
const covered = 96;
const serverSpan: Span = { first: 0, visible: 16 };

/**
 * The rows of a long table that are near the window; the page itself scrolls, and all rows are equally high. The
 * server draws the first rows, so that they are in the HTML.
 */
export function useVirtualRows(
  count: number,
  rowHeight: number,
  body: RefObject<HTMLElement | null>,
): VirtualRows {
  const [span, setSpan] = useState(serverSpan);
  const measure = useCallback(() => {
    const top = body.current?.getBoundingClientRect().top;
    if (top === undefined) return;
    const reached = Math.max(0, Math.floor(-top / rowHeight));
    const first = reached - (reached % step);
    const visible = Math.ceil(window.innerHeight / rowHeight);
    setSpan((old) => (old.first === first && old.visible === visible ? old : { first, visible }));
  }, [body, rowHeight]);

  useEffect(() => {
    window.addEventListener("scroll", measure, { passive: true });
    window.addEventListener("resize", measure);
    return () => {
      window.removeEventListener("scroll", measure);
      window.removeEventListener("resize", measure);
    };
  }, [measure]);
  // The rows of the HTML fill the window, or nearly: those beyond are drawn when there is time.
  const measured = useRef(false);
  useEffect(() => startTransition(measure), [measure]);
  // A list that became shorter may have moved the page under a span that no longer exists.
  useLayoutEffect(() => {
    if (count >= 0 && (measured.current || window.scrollY > 0)) measure();
    measured.current = true;
  }, [count, measure]);

  const scrollToRow = useCallback(
    (index: number) => {
      const top = body.current?.getBoundingClientRect().top;
      if (top === undefined) return;
      const from = top + index * rowHeight;
      if (from < covered) window.scrollBy({ top: from - covered });
      else if (from + rowHeight > window.innerHeight)
        window.scrollBy({ top: from + rowHeight * 2 - window.innerHeight });
    },
    [body, rowHeight],
  );

  const begin = Math.min(Math.max(0, span.first - overscan), Math.max(0, count - 1));
  const end = Math.min(count, span.first + span.visible + step + overscan);
  return {
    rows: Array.from({ length: Math.max(0, end - begin) }, (_, offset) => begin + offset),
    before: begin * rowHeight,
    after: Math.max(0, count - end) * rowHeight,
    scrollToRow,
  };
}
