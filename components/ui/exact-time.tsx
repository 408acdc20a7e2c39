"use client";

import { useSyncExternalStore } from "react";
import { usePreferences } from "@/components/shell/preferences-provider";
import { formatExact } from "@/components/ui/format-time";

const never = () => () => undefined;

/** The exact time in words, for logs and histories. In UTC until the browser's zone is known. */
export function ExactTime({ at, className }: { at: string; className?: string }) {
  const { utc } = usePreferences();
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <time dateTime={at} className={className ?? "whitespace-nowrap"}>
      {formatExact(Date.parse(at), utc || !inBrowser)}
    </time>
  );
}
