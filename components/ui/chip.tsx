import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import { ViewLink } from "@/components/ui/view-link";

/**
 * A filter that is on or off, as a link to the address with or without it. `shallow` for pages that read the
 * address in the browser (see ViewLink).
 */
export function ChipLink({
  href,
  on,
  shallow = false,
  children,
}: {
  href: string;
  on: boolean;
  shallow?: boolean;
  children: ReactNode;
}) {
  const shared = {
    href,
    "aria-current": on ? ("true" as const) : undefined,
    className: classNames(
      "inline-flex h-6 items-center gap-1 rounded-full border px-2.5 text-small whitespace-nowrap",
      on
        ? "border-accent bg-accent-soft font-medium text-accent"
        : "border-line bg-surface text-muted hover:border-line-strong hover:text-ink",
    ),
  };
  if (shallow) return <ViewLink {...shared}>{children}</ViewLink>;
  return (
    <Link {...shared} prefetch={false} scroll={false} replace>
      {children}
    </Link>
  );
}
