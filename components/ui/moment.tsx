"use client";

import { formatExact } from "@/components/ui/format-time";
import { useZone } from "@/components/ui/use-zone";

/** Day and time without the year, for what happened lately: `28 Nov, 13:22:05`. The exact time is in its title. */
export function Moment({ at, className }: { at: string; className?: string }) {
  const zone = useZone() ?? "UTC";
  const time = Date.parse(at);
  return (
    <time
      dateTime={at}
      onPointerEnter={(event) => {
        event.currentTarget.title = formatExact(time, zone === "UTC");
      }}
      className={className ?? "whitespace-nowrap"}
    >
      {new Intl.DateTimeFormat("en-GB", {
        day: "numeric",
        month: "short",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
        hourCycle: "h23",
        timeZone: zone,
      }).format(time)}
    </time>
  );
}
