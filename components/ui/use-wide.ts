"use client";

import { useMedia } from "@/components/ui/use-media";

/** Whether there is room for a panel beside a table; false on the server. */
export function useWide(): boolean {
  return useMedia("(min-width: 80rem)");
}
