import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

/** A filter that is on or off, as a link to the address with or without it. */
export function ChipLink({ href, on, children }: { href: string; on: boolean; children: ReactNode }) {
  return (
    <Link
      href={href}
      scroll={false}
      replace
      aria-current={on ? "true" : undefined}
      className={classNames(
        "inline-flex h-6 items-center gap-1 rounded-full border px-2.5 text-small whitespace-nowrap",
        on
          ? "border-accent bg-accent-soft font-medium text-accent"
          : "border-line bg-surface text-muted hover:border-line-strong hover:text-ink",
      )}
    >
      {children}
    </Link>
  );
}
