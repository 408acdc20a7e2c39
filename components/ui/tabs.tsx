import Link from "next/link";
import { classNames } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/format-bytes";
import { ViewLink } from "@/components/ui/view-link";

export interface TabLink {
  key: string;
  label: string;
  href: string;
  count?: number | null;
}

/**
 * Views of one thing, each with its own address. `shallow` for pages that read the address in the browser (see
 * ViewLink).
 */
export function Tabs({
  label,
  current,
  tabs,
  shallow = false,
}: {
  label: string;
  current: string;
  tabs: TabLink[];
  shallow?: boolean;
}) {
  return (
    <nav aria-label={label} className="overflow-x-auto border-b border-line">
      <ul className="flex gap-5">
        {tabs.map((tab) => {
          const here = tab.key === current;
          const shared = {
            href: tab.href,
            "aria-current": here ? ("page" as const) : undefined,
            className: classNames(
              "inline-flex h-9 items-center gap-1.5 border-b-2 whitespace-nowrap outline-offset-[-2px]",
              here ? "border-accent font-semibold text-ink" : "border-transparent text-muted hover:text-ink",
            ),
            children: (
              <>
                {tab.label}
                {tab.count === undefined || tab.count === null ? null : (
                  <span className="text-small font-normal text-faint">{formatCount(tab.count)}</span>
                )}
              </>
            ),
          };
          return (
            <li key={tab.key}>
              {shallow ? <ViewLink {...shared} /> : <Link {...shared} prefetch={false} scroll={false} />}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
