import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import Link from "next/link";
import { classNames } from "@/components/ui/class-names";
import { ViewLink } from "@/components/ui/view-link";

/**
 * A column head that sorts on the server: a link to the address with the other order. `shallow` for pages that
 * read the address in the browser (see ViewLink).
 */
export function SortHeader({
  field,
  sort,
  hrefFor,
  firstDescending = false,
  shallow = false,
  align = "left",
  className = "px-3",
  children,
}: {
  field: string;
  /** The sort in force: `name` or `-name`. */
  sort: string;
  hrefFor: (sort: string) => string;
  /** Figures and times are wanted largest first. */
  firstDescending?: boolean;
  shallow?: boolean;
  align?: "left" | "right";
  className?: string;
  children: string;
}) {
  const descending = sort === `-${field}`;
  const active = descending || sort === field;
  const next = active ? (descending ? field : `-${field}`) : firstDescending ? `-${field}` : field;
  const Arrow = descending ? ArrowDown : ArrowUp;
  const shared = {
    href: hrefFor(next),
    className: classNames("inline-flex items-center gap-1 hover:text-ink", active && "text-ink"),
    children: (
      <>
        {children}
        {active ? <Arrow aria-hidden="true" className="size-3" /> : null}
      </>
    ),
  };
  return (
    <th
      scope="col"
      aria-sort={active ? (descending ? "descending" : "ascending") : undefined}
      className={classNames(
        "h-8 text-small font-medium whitespace-nowrap text-faint",
        align === "right" && "text-right",
        className,
      )}
    >
      {shallow ? <ViewLink {...shared} /> : <Link {...shared} replace scroll={false} prefetch={false} />}
    </th>
  );
}
