"use client";

import { useSyncExternalStore } from "react";
import { usePreferences } from "@/components/shell/preferences-provider";

const never = () => () => undefined;

/** The time zone of the reader: the browser's, or UTC where they want it so; null until the browser's is known. */
export function useZone(): string | null {
  const { utc } = usePreferences();
  const own = useSyncExternalStore(
    never,
    () => new Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => null,
  );
  return utc ? "UTC" : own;
}
