import Link from "next/link";
import { Fragment } from "react";
import { escapeText } from "@/components/ui/escape-text";

export interface Crumb {
  label: string;
  href?: string;
  /** What stands before it: a slash, a colon for tags, an at sign for digests. */
  before?: "/" | ":" | "@";
}

/** Where we are. The last crumb is the page itself. */
export function Breadcrumb({ crumbs }: { crumbs: Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1.5 text-muted">
        {crumbs.map((crumb, index) => {
          const last = index === crumbs.length - 1;
          const label = escapeText(crumb.label);
          return (
            <Fragment key={crumb.href ?? crumb.label}>
              {index > 0 ? (
                <li aria-hidden="true" className="text-faint max-sm:hidden">
                  {crumb.before ?? "/"}
                </li>
              ) : null}
              <li className={last ? "min-w-0" : "min-w-0 shrink-[3] max-sm:hidden"}>
                {crumb.href && !last ? (
                  <Link
                    href={crumb.href}
                    prefetch={false}
                    title={label}
                    className="block truncate hover:text-ink"
                  >
                    {label}
                  </Link>
                ) : (
                  <span
                    aria-current={last ? "page" : undefined}
                    title={label}
                    className="block truncate font-semibold text-ink"
                  >
                    {label}
                  </span>
                )}
              </li>
            </Fragment>
          );
        })}
      </ol>
    </nav>
  );
}
