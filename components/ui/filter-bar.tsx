import type { ReactNode } from "react";

/** What narrows a list, over its rows. */
export function FilterBar({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      {children}
    </div>
  );
}
