import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

/** The title, the one line of truth under it, and what can be done here. */
export function PageHeader({
  title,
  mono = false,
  children,
  actions,
}: {
  title: ReactNode;
  /** For references, which are written in mono. */
  mono?: boolean;
  /** The line under the title: the answer in words and numbers. */
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pb-4 sm:flex-nowrap">
      <div className="min-w-0 max-w-full sm:flex-1">
        <h1
          className={classNames(
            "text-title font-bold tracking-[-0.01em] [overflow-wrap:anywhere]",
            mono && "font-mono text-[17px] font-semibold tracking-normal",
          )}
        >
          {title}
        </h1>
        {children ? <div className="mt-1 text-muted">{children}</div> : null}
      </div>
      {actions ? (
        <div className="no-print flex flex-wrap items-center gap-2 sm:shrink-0">{actions}</div>
      ) : null}
    </header>
  );
}
