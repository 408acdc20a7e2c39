import type { ReactNode } from "react";
import { RelativeTime } from "@/components/ui/relative-time";

/** Says that what is shown is the last known state, and how old it is. */
export function StaleBanner({
  since,
  children,
  action,
}: {
  /** When the data was last right; null when never. */
  since: string | null;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-control bg-warn-soft px-3 py-2 text-small text-warn"
    >
      <span className="font-semibold">
        Last known data{since ? ", from " : ""}
        {since ? <RelativeTime at={since} /> : null}
      </span>
      {children ? <span className="min-w-0 flex-1 break-words">{children}</span> : null}
      {action}
    </div>
  );
}
