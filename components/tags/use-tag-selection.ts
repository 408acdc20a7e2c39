"use client";

import { useCallback, useRef, useState } from "react";

export interface TagSelection {
  selected: ReadonlySet<string>;
  toggle: (tag: string) => void;
  /** Adds or removes everything between the last choice and this one, as the list is ordered. */
  toggleRange: (tag: string, order: readonly string[]) => void;
  replace: (tags: Iterable<string>) => void;
  clear: () => void;
}

export function useTagSelection(): TagSelection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);

  const toggle = useCallback((tag: string) => {
    last.current = tag;
    setSelected((before) => {
      const next = new Set(before);
      if (!next.delete(tag)) next.add(tag);
      return next;
    });
  }, []);
  const toggleRange = useCallback((tag: string, order: readonly string[]) => {
    const from = last.current === null ? -1 : order.indexOf(last.current);
    const to = order.indexOf(tag);
    last.current = tag;
    setSelected((before) => {
      const next = new Set(before);
      const add = !before.has(tag);
      const range =
        from === -1 || to === -1 ? [tag] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
      for (const each of range) {
        if (add) next.add(each);
        else next.delete(each);
      }
      return next;
    });
  }, []);
  const replace = useCallback((tags: Iterable<string>) => setSelected(new Set(tags)), []);
  const clear = useCallback(() => {
    last.current = null;
    setSelected((before) => (before.size === 0 ? before : new Set()));
  }, []);
  return { selected, toggle, toggleRange, replace, clear };
}
