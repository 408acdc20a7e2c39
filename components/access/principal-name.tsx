import Link from "next/link";
import type { PrincipalShown } from "#lib/grants/schema";
import { describePrincipal, kindWords, principalHref } from "@/components/access/principal-reference";
import { classNames } from "@/components/ui/class-names";
import { escapeText } from "@/components/ui/escape-text";

/** A principal as its kind, quietly, and its name. */
export function PrincipalName({
  principal,
  link = false,
  rowLink = false,
  narrow = false,
  className,
}: {
  principal: PrincipalShown;
  link?: boolean;
  /** Where the keys of the list go. */
  rowLink?: boolean;
  /** Where there is little room on a phone, the name matters more than the kind. */
  narrow?: boolean;
  className?: string;
}) {
  const name = escapeText(describePrincipal(principal));
  const label = (
    <>
      <span className={classNames("font-normal text-faint", narrow && "max-sm:sr-only")}>
        {principal.kind === "built-in" ? null : `${kindWords[principal.kind]} `}
      </span>
      <bdi className="font-semibold">{name}</bdi>
    </>
  );
  const classes = classNames("block min-w-0 truncate", className);
  if (!link)
    return (
      <span className={classes} title={name}>
        {label}
      </span>
    );
  return (
    <Link
      href={principalHref(principal.id)}
      prefetch={false}
      data-row-link={rowLink ? "" : undefined}
      title={name}
      className={classNames(classes, "rounded-[5px] hover:underline")}
    >
      {label}
    </Link>
  );
}
