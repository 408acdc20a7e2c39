import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

/** Things that belong together, under a heading of their own. */
export function Card({
  title,
  detail,
  actions,
  children,
  className,
}: {
  title?: ReactNode;
  detail?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <section
      className={classNames("min-w-0 overflow-clip rounded-card border border-line bg-surface", className)}
    >
      {title ? (
        <header className="flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-3.5 py-2">
          <h2 className="font-semibold">{title}</h2>
          {detail ? <span className="min-w-0 text-faint">{detail}</span> : null}
          {actions ? <div className="ml-auto flex items-center gap-2">{actions}</div> : null}
        </header>
      ) : null}
      {children}
    </section>
  );
}

/** Names and values in lines, as in a record. */
export function Facts({ facts }: { facts: { label: ReactNode; value: ReactNode }[] }) {
  return (
    <dl className="divide-y divide-line">
      {facts.map((fact, index) => (
        <div
          key={typeof fact.label === "string" ? fact.label : index}
          className="grid grid-cols-[7rem_minmax(0,1fr)] gap-3 sm:grid-cols-[minmax(6rem,9rem)_1fr] px-3.5 py-2"
        >
          <dt className="text-muted">{fact.label}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
