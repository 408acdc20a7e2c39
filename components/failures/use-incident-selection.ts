"use client";

import { useCallback, useState } from "react";

export interface IncidentSelection {
  selected: ReadonlySet<string>;
  toggle: (id: string) => void;
  clear: () => void;
}

export function useIncidentSelection(): IncidentSelection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (id: string) =>
      setSelected((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  const clear = useCallback(() => setSelected((before) => (before.size === 0 ? before : new Set())), []);
  return { selected, toggle, clear };
}
