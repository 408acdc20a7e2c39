"use client";

import { useMedia } from "@/components/ui/use-media";

/** Whether the window is as narrow as a phone, as `max-sm:` has it; false on the server. */
export function usePhone(): boolean {
  return useMedia("(width < 40rem)");
}
