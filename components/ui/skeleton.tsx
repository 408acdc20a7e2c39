import { classNames } from "@/components/ui/class-names";

/** A grey stand-in. Give it the size of what comes. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={classNames("skeleton block", className)} />;
}

/** Rows of a table that is on its way. */
export function SkeletonRows({ rows = 12, rowHeight = 40 }: { rows?: number; rowHeight?: number }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y divide-line">
      {Array.from({ length: rows }, (_, index) => `row-${index}`).map((key, index) => (
        <div key={key} className="flex items-center gap-6 px-3" style={{ height: rowHeight }}>
          <span className="skeleton h-3" style={{ width: `${22 + ((index * 7) % 16)}%` }} />
          <span className="skeleton ml-auto h-3 w-12" />
          <span className="skeleton hidden h-3 w-24 sm:block" />
          <span className="skeleton hidden h-3 w-16 md:block" />
          <span className="skeleton hidden h-3 w-16 lg:block" />
        </div>
      ))}
    </div>
  );
}
