"use client";

import { useEffect, useRef, useState } from "react";
import { isTyping } from "@/components/shell/is-typing";
import { usePreferences } from "@/components/shell/preferences-provider";

interface ListKeys {
  count: number;
  scrollToRow: (index: number) => void;
  /** Selects or deselects the row under the cursor. */
  onToggle?: (index: number) => void;
  /** Escape when no field has the focus: leave the selection, the filter. */
  onEscape?: () => void;
}

/**
 * j and k walk over the rows of a list, x selects, Escape lets go. The focus goes to the element with
 * `data-row-link` in the row `data-row={index}`, so Enter opens it as it would any link.
 */
export function useListKeys(keys: ListKeys): void {
  const { shortcuts } = usePreferences();
  const [cursor, setCursor] = useState<number | null>(null);
  const latest = useRef({ ...keys, cursor });
  // Where the keys have gone already while the focus is still on its way: quick fingers do not wait for a frame.
  const ahead = useRef<number | null>(null);
  useEffect(() => {
    latest.current = { ...keys, cursor };
  });

  useEffect(() => {
    if (cursor === null) return;
    latest.current.scrollToRow(cursor);
    // The row may be drawn only after the scroll.
    let tries = 0;
    let frame = requestAnimationFrame(function focusRow() {
      const link = document.querySelector<HTMLElement>(`[data-row="${cursor}"] [data-row-link]`);
      link?.focus({ preventScroll: true });
      if (link === null && tries++ < 20) frame = requestAnimationFrame(focusRow);
      else if (ahead.current === cursor) ahead.current = null;
    });
    return () => cancelAnimationFrame(frame);
  }, [cursor]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (document.querySelector("dialog[open], [role=menu]")) return;
      const { count, cursor: at, onToggle, onEscape } = latest.current;
      if (event.key === "Escape") {
        const target = event.target;
        if (target instanceof HTMLElement && target.matches("input[data-filter]")) {
          // The browser would empty a search field: leaving it keeps the filter.
          event.preventDefault();
          target.blur();
        } else if (!isTyping(event)) onEscape?.();
        return;
      }
      if (!shortcuts || isTyping(event) || count === 0) return;
      const focused = ahead.current ?? focusedRow();
      if (event.key === "j" || event.key === "k") {
        event.preventDefault();
        const from = focused ?? at;
        const next = from === null ? 0 : from + (event.key === "j" ? 1 : -1);
        const bounded = Math.max(0, Math.min(count - 1, next));
        setCursor(bounded);
        ahead.current = bounded === at ? null : bounded;
        if (bounded === at)
          document.querySelector<HTMLElement>(`[data-row="${at}"] [data-row-link]`)?.focus();
      }
      if (event.key === "x" && onToggle) {
        const row = focused ?? at;
        if (row === null) return;
        event.preventDefault();
        onToggle(row);
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [shortcuts]);
}

function focusedRow(): number | null {
  const row = document.activeElement?.closest("[data-row]");
  const index = row?.getAttribute("data-row");
  return index === null || index === undefined ? null : Number(index);
}
