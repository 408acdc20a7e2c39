import Link from "next/link";
import { classNames } from "@/components/ui/class-names";

export interface TabLink {
  key: string;
  label: string;
  href: string;
  count?: number | null;
}

/** Views of one thing, each with its own address. */
export function Tabs({ label, current, tabs }: { label: string; current: string; tabs: TabLink[] }) {
  return (
    <nav aria-label={label} className="overflow-x-auto border-b border-line">
      <ul className="flex gap-5">
        {tabs.map((tab) => (
          <li key={tab.key}>
            <Link
              href={tab.href}
              scroll={false}
              aria-current={tab.key === current ? "page" : undefined}
              className={classNames(
                "-mb-px inline-flex h-9 items-center gap-1.5 border-b-2 whitespace-nowrap outline-offset-[-2px]",
                tab.key === current
                  ? "border-accent font-semibold text-ink"
                  : "border-transparent text-muted hover:text-ink",
              )}
            >
              {tab.label}
              {tab.count === undefined || tab.count === null ? null : (
                <span className="text-small font-normal text-faint">{tab.count.toLocaleString("en")}</span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
