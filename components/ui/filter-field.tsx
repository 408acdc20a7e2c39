"use client";

import Search from "lucide-react/icons/search";
import { useEffect, useRef } from "react";
import { classNames } from "@/components/ui/class-names";

// Longer than most people take from key to key, so that a list that comes does not meet the next press.
const pause = 180;

/**
 * A field that filters a list on the server. The browser owns its text, so a key press costs no render; the
 * filter is told after a short pause.
 */
export function FilterField({
  label,
  value,
  onFilter,
  className,
}: {
  label: string;
  /** The filter in force, as the address has it. */
  value: string;
  onFilter: (text: string) => void;
  className?: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(value);
  useEffect(() => {
    // The address changed by another way, such as the back button.
    if (value !== told.current && input.current) input.current.value = value;
    told.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const tell = (text: string) => {
    clearTimeout(timer.current);
    if (text === told.current) return;
    told.current = text;
    onFilter(text);
  };
  return (
    <div className={classNames("relative", className)}>
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint"
      />
      <input
        ref={input}
        data-filter=""
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={label}
        defaultValue={value}
        autoComplete="off"
        spellCheck={false}
        maxLength={255}
        onChange={(event) => {
          const text = event.target.value;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => tell(text), pause);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") tell(event.currentTarget.value);
        }}
        // Whoever leaves goes on elsewhere: a filter that is told later would call them back.
        onBlur={(event) => tell(event.currentTarget.value)}
        className="h-7 w-full rounded-full border border-line bg-surface pr-2 pl-8 text-body hover:border-line-strong max-sm:text-[16px]"
      />
    </div>
  );
}
