"use client";

import Search from "lucide-react/icons/search";
import { requestPalette } from "@/components/shell/shell-events";
import { Kbd } from "@/components/ui/kbd";

/** Looks like a field and opens the palette, which is where one types. */
export function SearchField() {
  return (
    <button
      type="button"
      onClick={requestPalette}
      aria-label="Find a repository, tag or digest"
      aria-keyshortcuts="Control+K Meta+K"
      className="flex h-8 items-center gap-2 rounded-control border border-line bg-surface text-faint hover:border-line-strong max-sm:w-8 max-sm:justify-center sm:w-60 sm:px-2.5 lg:w-80"
    >
      <Search aria-hidden="true" className="size-3.5 shrink-0" />
      <span className="min-w-0 flex-1 truncate text-left max-sm:hidden">
        Paste a reference, digest or name
      </span>
      <span className="max-lg:hidden">
        <Kbd>Ctrl K</Kbd>
      </span>
    </button>
  );
}
