"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useState } from "react";

interface VirtualRows {
  rows: { index: number; key: string | number }[];
  /** Heights that stand for the rows above and below those that are drawn. */
  before: number;
  after: number;
  scrollToRow: (index: number) => void;
}

/**
 * The rows of a long table that are near the window; the page itself scrolls. The server draws the first rows,
 * so that they are in the HTML.
 */
export function useVirtualRows(
  count: number,
  rowHeight: number,
  body: RefObject<HTMLElement | null>,
): VirtualRows {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const element = body.current;
    if (!element) return;
    const measure = () => setTop(Math.round(element.getBoundingClientRect().top + window.scrollY));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [body]);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: top,
    scrollPaddingStart: 120,
    scrollPaddingEnd: 40,
    initialRect: { width: 1280, height: 900 },
    initialOffset: 0,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items[items.length - 1];
  return {
    rows: items.map(({ index, key }) => ({ index, key: String(key) })),
    before: first ? first.start - top : 0,
    after: last ? virtualizer.getTotalSize() - (last.end - top) : 0,
    scrollToRow: (index) => virtualizer.scrollToIndex(index, { align: "auto" }),
  };
}
