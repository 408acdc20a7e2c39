import { BreakableText } from "@/components/ui/breakable-text";
import { classNames } from "@/components/ui/class-names";
import { CopyButton } from "@/components/ui/copy-button";
import { escapeText } from "@/components/ui/escape-text";

/** Longer ones, such as whole documents, are no names. */
const mostBreakable = 400;

/**
 * Text that somebody else wrote: names, tags, labels, annotations. It is isolated from the direction of its
 * surroundings, shows invisible characters, and is clipped with the whole on hover.
 */
export function SafeText({
  text,
  clip = true,
  mono = false,
  copy = false,
  className,
}: {
  text: string;
  /**
   * Cut with an ellipsis where the place ends; without it the text wraps anywhere. "wide" cuts like that where there is
   * room, and lets it wrap into three lines on a phone, where nothing hovers to read the whole.
   */
  clip?: boolean | "wide";
  mono?: boolean;
  copy?: boolean;
  className?: string;
}) {
  const shown = escapeText(text);
  const body = (
    <bdi
      title={clip ? shown : undefined}
      className={classNames(
        clip === "wide"
          ? "block min-w-0 max-sm:line-clamp-3 max-sm:[overflow-wrap:anywhere] sm:truncate"
          : clip
            ? "block min-w-0 truncate"
            : "break-words [overflow-wrap:anywhere]",
        mono && "tag-mono",
        className,
      )}
    >
      {clip === true || text.length > mostBreakable ? (
        shown
      ) : (
        <BreakableText text={text} onPhone={clip === "wide"} />
      )}
    </bdi>
  );
  if (!copy) return body;
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1">
      {body}
      <CopyButton text={text} />
    </span>
  );
}
