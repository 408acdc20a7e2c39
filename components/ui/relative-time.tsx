"use client";

import { useNow } from "@/components/shell/clock-provider";
import { usePreferences } from "@/components/shell/preferences-provider";
import { formatExact, formatRelative } from "@/components/ui/format-time";

/** A time as its distance from now; the exact one with its zone on hover. */
export function RelativeTime({
  at,
  fallback = "never",
  /** Nobody saw it happen: this is when it was first seen. */
  seen = false,
  className,
}: {
  at: string | null | undefined;
  fallback?: string;
  seen?: boolean;
  className?: string;
}) {
  const now = useNow();
  const { utc } = usePreferences();
  const time = at ? Date.parse(at) : Number.NaN;
  if (!at || Number.isNaN(time)) return <span className={className ?? "text-faint"}>{fallback}</span>;
  return (
    <time
      dateTime={at}
      // The zone is the browser's, which the server does not know: so the exact time comes with the pointer.
      onPointerEnter={(event) => {
        event.currentTarget.title = (seen ? "Seen " : "") + formatExact(time, utc);
      }}
      className={className ?? "whitespace-nowrap"}
    >
      {formatRelative(time, now)}
    </time>
  );
}
