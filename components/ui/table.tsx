import type { ComponentProps, ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

/** A plain table for lists that fit on a page. It scrolls sideways inside its frame, never the page. */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    // A region that scrolls must be reachable by keyboard. Hidden words in it must not widen the page: so it is positioned.
    <section aria-label={label} tabIndex={-1} className="relative overflow-x-auto">
      <table className="w-full border-collapse text-left">{children}</table>
    </section>
  );
}

export function HeadCell({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      {...rest}
      className={classNames(
        "h-8 border-b border-line px-3 text-small font-medium whitespace-nowrap text-faint",
        className,
      )}
    />
  );
}

export function Row({ className, ...rest }: ComponentProps<"tr">) {
  return (
    <tr
      {...rest}
      className={classNames("border-b border-line last:border-b-0 hover:bg-sunken/50", className)}
    />
  );
}

export function Cell({ className, ...rest }: ComponentProps<"td">) {
  return <td {...rest} className={classNames("h-9 px-3 py-1", className)} />;
}

/** A figure: right-aligned. */
export function NumberCell({ className, ...rest }: ComponentProps<"td">) {
  return <Cell {...rest} className={classNames("text-right whitespace-nowrap", className)} />;
}
