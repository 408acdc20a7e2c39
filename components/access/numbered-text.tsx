"use client";

import { type UIEvent, useRef } from "react";
import { classNames } from "@/components/ui/class-names";

/** A text with the numbers of its lines, those with a mistake marked. */
export function NumberedText({
  label,
  text,
  readOnly,
  marked,
  onChange,
}: {
  label: string;
  text: string;
  readOnly: boolean;
  marked: readonly number[];
  onChange: (text: string) => void;
}) {
  const numbers = useRef<HTMLPreElement>(null);
  const count = Math.max(1, text.split("\n").length);
  const follow = (event: UIEvent<HTMLTextAreaElement>) => {
    if (numbers.current) numbers.current.scrollTop = event.currentTarget.scrollTop;
  };
  return (
    <div className="flex h-[60vh] min-h-72">
      <pre
        ref={numbers}
        aria-hidden="true"
        className="shrink-0 overflow-hidden border-r border-line bg-sunken/40 py-2 text-right font-mono text-[12px] leading-[19px] text-faint select-none"
      >
        {Array.from({ length: count }, (_, index) => index + 1).map((line) => (
          <span
            key={line}
            className={classNames(
              "block px-2",
              marked.includes(line) && "bg-danger-soft font-semibold text-danger",
            )}
          >
            {marked.includes(line) ? "! " : ""}
            {line}
          </span>
        ))}
      </pre>
      <textarea
        aria-label={label}
        value={text}
        readOnly={readOnly}
        wrap="off"
        spellCheck={false}
        autoComplete="off"
        onScroll={follow}
        onChange={(event) => onChange(event.target.value)}
        className="min-w-0 flex-1 resize-none bg-surface px-3 py-2 font-mono text-[12px] leading-[19px] [font-feature-settings:'calt'_0]"
      />
    </div>
  );
}
