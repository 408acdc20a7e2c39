import { Fragment } from "react";
import { escapeText } from "@/components/ui/escape-text";

/** Text of somebody else that may break after each slash: browsers keep `prod/payments/api` on one line otherwise. */
export function BreakableText({
  text,
  onPhone = false,
}: {
  text: string;
  /** Only there: a line that is cut elsewhere would break at a slash all the same. */
  onPhone?: boolean;
}) {
  const parts = escapeText(text).split(/(?<=\/)/);
  if (parts.length === 1) return parts[0];
  // Parts may stand twice: the place is what tells them apart.
  const keyed = parts.map((part, place) => ({ key: `${place} ${part}`, part, isFirst: place === 0 }));
  return keyed.map(({ key, part, isFirst }) => (
    <Fragment key={key}>
      {isFirst ? null : <wbr className={onPhone ? "sm:hidden" : undefined} />}
      {part}
    </Fragment>
  ));
}
