"use client";

import type { ComponentProps, MouseEvent } from "react";

/**
 * A link to another view of the same page. The page reads the address with useSearchParams and asks the API
 * itself, so a click changes the address without asking the server for the page again.
 */
export function ViewLink({ href, onClick, ...rest }: ComponentProps<"a"> & { href: string }) {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || opensElsewhere(event)) return;
        event.preventDefault();
        window.history.pushState(null, "", href);
      }}
    />
  );
}

function opensElsewhere(event: MouseEvent<HTMLAnchorElement>): boolean {
  return event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}
