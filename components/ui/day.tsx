"use client";

import { useSyncExternalStore } from "react";
import { usePreferences } from "@/components/shell/preferences-provider";
import { formatDay, formatExact } from "@/components/ui/format-time";

const never = () => () => undefined;

/** The day of a time, such as an expiry, with the exact time on hover. In UTC until the browser's zone is known. */
export function Day({ at, className }: { at: string; className?: string }) {
  const { utc } = usePreferences();
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const time = Date.parse(at);
  return (
    <time
      dateTime={at}
      onPointerEnter={(event) => {
        event.currentTarget.title = formatExact(time, utc);
      }}
      className={className ?? "whitespace-nowrap"}
    >
      {formatDay(time, utc || !inBrowser)}
    </time>
  );
}
