"use client";

import { useListKeys } from "@/components/ui/use-list-keys";

/** j and k over the rows of a plain table whose rows are all drawn. */
export function useRowKeys(count: number): void {
  useListKeys({ count, scrollToRow: scrollToRow });
}

function scrollToRow(index: number): void {
  document.querySelector(`[data-row="${index}"]`)?.scrollIntoView({ block: "nearest" });
}
